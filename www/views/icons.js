// The icons of buttons, as SVG paths.
import { html, svg } from 'lit-html';

/** @type {Record<string, string>} */
const PATHS = {
  play: 'M7 4.5v15l13-7.5z',
  pause: 'M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z',
  again:
    'M12 5a7 7 0 1 0 6.7 9h-2.2A5 5 0 1 1 12 7c1.4 0 2.6.6 3.5 1.5L12.5 11H20V3.5l-3 3A7 7 0 0 0 12 5z',
  reset: 'M5 5h2.5v14H5zM19.5 5v14L9 12z',
  undo: 'M9 5 3.5 10.5 9 16v-3.8h5a3.3 3.3 0 0 1 0 6.6h-3V21h3a5.5 5.5 0 0 0 0-11H9z',
  dice: 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm0 2v14h14V5zm3.5 2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm7 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM12 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM8.5 14a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm7 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z',
};

/** @param {string} name */
export function icon(name) {
  return html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
    ${svg`<path fill="currentColor" fill-rule="evenodd" d=${PATHS[name]} />`}
  </svg>`;
}

/** The mark of the page: a small network in a glass box. */
export const logo = html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
  <rect
    x="2.5"
    y="2.5"
    width="19"
    height="19"
    rx="4"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
  />
  <circle cx="8" cy="8.5" r="2" fill="currentColor" />
  <circle cx="8" cy="15.5" r="2" fill="currentColor" />
  <circle cx="16.5" cy="12" r="2.4" fill="none" stroke="currentColor" stroke-width="1.6" />
  <path d="M9.8 9.3l4.6 2M9.8 14.7l4.6-2" stroke="currentColor" stroke-width="1.3" />
</svg>`;
