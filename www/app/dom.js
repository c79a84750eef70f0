// Short forms of two DOM idioms.

/**
 * An event listener that receives the value of the input or select.
 * @template {string} T
 * @param {(value: T) => void} use
 * @returns {(event: Event) => void}
 */
export const onValue = (use) => (event) =>
  use(/** @type {T} */ (/** @type {HTMLInputElement} */ (event.target).value));

/** The element or canvas with a selector, or null. @param {ParentNode} root @param {string} selector */
export const find = (root, selector) =>
  /** @type {HTMLElement | null} */ (root.querySelector(selector));

/** The canvas with a selector, or null. @param {ParentNode} root @param {string} selector */
export const findCanvas = (root, selector) =>
  /** @type {HTMLCanvasElement | null} */ (root.querySelector(selector));
