// The link: the fragment of the address, which browsers do not send to the server. It holds an experiment's text, and what
// the author of a course wants the page to show.

/** @typedef {'header' | 'data' | 'settings' | 'timeline' | 'results' | 'panel'} Section */

/**
 * How a link wants the page to look; docs/links.md describes it.
 * @typedef {object} LinkView
 * @property {string} view id of the view to open; empty: the user's own
 * @property {number} batch number of batches to train at once
 * @property {Section[]} hide sections to hide
 * @property {string} title title in the author's words
 * @property {string} task task in the author's words
 * @property {boolean} present presentation mode
 * @property {boolean} embed whether the page is part of another one
 * @property {string[]} problems what the link asks for and cannot have
 */

const MARK = 'e=';
/** @type {Section[]} */
const SECTIONS = ['header', 'data', 'settings', 'timeline', 'results', 'panel'];
const FLAGS = ['present', 'embed'];
const KNOWN = ['view', 'batch', 'hide', 'title', 'task', ...FLAGS];
/** Maximum number of characters of the author's texts. */
const LONGEST = 600;

/**
 * Encodes an experiment's text as a fragment.
 * @param {string} text
 */
export function toFragment(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const encoded = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `#${MARK}${encoded}`;
}

/**
 * Decodes the experiment's text of a fragment; null where it holds none.
 * @param {string} fragment
 * @returns {string | null}
 * @throws {Error} where the link is damaged
 */
export function fromFragment(fragment) {
  const part = partsOf(fragment).find((p) => p.toLowerCase().startsWith(MARK) || /^e$/i.test(p));
  if (part === undefined) return null;
  const encoded = part.slice(MARK.length);
  if (!encoded) throw new Error('This link is damaged: the experiment after “#e=” is missing.');
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('This link is damaged: a part of it is missing or was changed.');
  }
}

/** The parts of a fragment that say how the page looks, as they stand there. @param {string} fragment */
export function viewPart(fragment) {
  return partsOf(fragment)
    .filter((part) => part && !/^e(=|$)/i.test(part))
    .map((part) => `&${part}`)
    .join('');
}

/**
 * Reads how a link wants the page to look.
 * @param {string} fragment
 * @param {string[]} views ids of all views
 * @returns {LinkView}
 */
export function readView(fragment, views) {
  const given = new URLSearchParams(viewPart(fragment));
  /** @type {string[]} */
  const problems = [];
  const text = (/** @type {string} */ name) => (given.get(name) ?? '').trim().slice(0, LONGEST);
  const flag = (/** @type {string} */ name) => given.has(name) && given.get(name) !== '0';
  for (const name of KNOWN) {
    const value = given.get(name) ?? '';
    if (given.getAll(name).length > 1)
      problems.push(`The link says “${name}” more than once; the first counts.`);
    if (given.has(name) && !value.trim() && !FLAGS.includes(name))
      problems.push(`“${name}=” has no value.`);
    if (value.trim().length > LONGEST)
      problems.push(`The text of “${name}” is cut after ${LONGEST} characters.`);
    if (value.includes('\ufffd'))
      problems.push(`The text of “${name}” is damaged: it is not percent-encoded UTF-8.`);
  }
  const view = text('view');
  if (view && !views.includes(view))
    problems.push(`There is no view “${view}”; views are ${views.join(', ')}.`);
  const batch = Number(text('batch') || '0');
  if (!Number.isInteger(batch) || batch < 0)
    problems.push(`“batch=${text('batch')}” is not a number of batches.`);
  const asked = text('hide')
    .split(/[\s,]+/)
    .filter(Boolean);
  const unknown = asked.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown)
    problems.push(`There is no section “${unknown}”; sections are ${SECTIONS.join(', ')}.`);
  for (const name of given.keys())
    if (!KNOWN.includes(name)) problems.push(`Links have no part “${name.slice(0, 40)}”.`);
  return {
    view: views.includes(view) ? view : '',
    batch: Number.isInteger(batch) && batch > 0 ? batch : 0,
    hide: SECTIONS.filter((section) => asked.includes(section)),
    title: text('title'),
    task: text('task'),
    present: flag('present'),
    embed: flag('embed'),
    problems,
  };
}

/** @param {string} fragment */
function partsOf(fragment) {
  return fragment.replace(/^#/, '').split('&');
}
