// The views of a moment, in the order of their tabs.
import { beside } from './beside.js';
import { honesty } from './honesty.js';
import { inside } from './inside.js';
import { surface } from './surface.js';

/** @type {import('../glass.js').ViewKind[]} */
export const VIEWS = [inside, surface, beside, honesty];
