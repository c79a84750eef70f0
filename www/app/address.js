// The address of the page: the link of the open experiment, and what a course's link says about the page.
import { toFragment, viewPart } from './link.js';

/** Number of tries and milliseconds between them: a browser limits the rate, and a detached frame always refuses. */
const [TRIES, RETRY_DELAY] = [5, 3000];

/** The text that the address should hold. */
let desired = '';

/** Sets the address to the link of an experiment's text. @param {string} text */
export function setAddress(text) {
  desired = text;
  replaceAddress(text, TRIES);
}

/** Returns the link of an experiment alone, even where the address could not be set. @param {string} text */
export function linkOf(text) {
  return location.href.split('#')[0] + toFragment(text);
}

/** @param {string} text @param {number} tries */
function replaceAddress(text, tries) {
  const fragment = toFragment(text) + viewPart(location.hash);
  if (text !== desired || location.hash === fragment) return;
  try {
    history.replaceState(null, '', fragment);
  } catch {
    if (tries > 0) setTimeout(() => replaceAddress(text, tries - 1), RETRY_DELAY);
  }
}
