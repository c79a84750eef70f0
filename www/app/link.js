// The link: an experiment's text in the fragment of the address, which browsers do not send to the server.

const MARK = '#e=';
/** The start of a fragment that holds an experiment, also in another spelling. */
const MARKED = /^#e(=|$)/i;

/**
 * Encodes an experiment's text as a fragment.
 * @param {string} text
 */
export function toFragment(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return MARK + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Decodes the text of a fragment; null where it holds none.
 * @param {string} fragment
 * @returns {string | null}
 * @throws {Error} where the link is damaged
 */
export function fromFragment(fragment) {
  if (!MARKED.test(fragment)) return null;
  const encoded = fragment.slice(MARK.length);
  if (!encoded) throw new Error('This link is damaged: the experiment after “#e=” is missing.');
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('This link is damaged: a part of it is missing or was changed.');
  }
}
