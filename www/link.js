// The link: an experiment's text in the part of an address that never leaves the browser.

const MARK = '#e=';

/**
 * The address's part for an experiment's text.
 * @param {string} text
 */
export function toFragment(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return MARK + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The text in an address's part; null where there is none.
 * @param {string} fragment
 * @returns {string | null}
 * @throws {Error} a sentence, where the link is damaged
 */
export function fromFragment(fragment) {
  if (!fragment.startsWith(MARK)) return null;
  try {
    const binary = atob(fragment.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('This link is damaged: part of it is missing or was changed on the way.');
  }
}
