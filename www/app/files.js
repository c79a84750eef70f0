// What leaves the page on request: saved files and copied texts.

/**
 * Saves a file.
 * @param {string} name
 * @param {Blob} content
 */
export function saveFile(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Copies a text to the clipboard and says so.
 * @param {import('./store.js').Store} store
 * @param {string} text
 * @param {string} [notice]
 */
export async function copy(store, text, notice = 'Copied.') {
  try {
    await navigator.clipboard.writeText(text);
    store.set({ notice });
  } catch {
    store.set({
      notice: 'Copying is blocked in this browser. Copy the link from the address bar.',
    });
  }
}
