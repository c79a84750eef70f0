// The type of texts on canvases. Like the rest of the page, it follows the reader's own size and the presentation mode.

/** The size of type beside the usual one of 16 pixels. */
export function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** A font for a canvas. @param {number} size in pixels at the usual size of type @param {number} [weight] */
export function font(size, weight = 400) {
  return `${weight} ${size * typeScale()}px system-ui, sans-serif`;
}
