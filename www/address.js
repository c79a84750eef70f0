// The address of the page is the link of the experiment that is open.
import { toFragment } from './link.js';

/** A browser that was asked too often refuses for some seconds, a closed frame for good. */
const [TRIES, AGAIN] = [5, 3000];

/** The text that the address is to say. */
let wanted = '';

/** @param {string} text an experiment's */
export function setAddress(text) {
  wanted = text;
  put(text, TRIES);
}

/** The link of an experiment, also where the address could not be set. @param {string} text */
export function linkOf(text) {
  return location.href.split('#')[0] + toFragment(text);
}

/** @param {string} text @param {number} tries */
function put(text, tries) {
  const fragment = toFragment(text);
  if (text !== wanted || location.hash === fragment) return;
  try {
    history.replaceState(null, '', fragment);
  } catch {
    if (tries > 0) setTimeout(() => put(text, tries - 1), AGAIN);
  }
}
