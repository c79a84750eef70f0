// The views of a moment, in the order of their tabs.
import { inside } from './inside.js';

/** @type {import('../glass.js').ViewKind[]} */
export const VIEWS = [inside];
