// The views of one step, in the order of their tabs.
import { beside } from './beside.js';
import { errors } from './errors.js';
import { honesty } from './honesty.js';
import { inside } from './inside.js';
import { spread } from './spread.js';
import { surface } from './surface.js';
import { units } from './units.js';
import { warp } from './warp.js';

/** @type {import('../../step/inspector.js').ViewKind[]} */
export const VIEWS = [inside, units, errors, spread, warp, surface, beside, honesty];
