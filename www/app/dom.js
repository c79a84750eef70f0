// Event listeners of inputs and selects.

/**
 * An event listener that receives the value of the input or select.
 * @template {string} T
 * @param {(value: T) => void} use
 * @returns {(event: Event) => void}
 */
export const onValue = (use) => (event) =>
  use(/** @type {T} */ (/** @type {HTMLInputElement} */ (event.target).value));
