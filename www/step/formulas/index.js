// The explanation of a part of the step in formulas.
import { backward } from './backward.js';
import { forward } from './forward.js';
import { loss } from './loss.js';
import { update } from './update.js';
import { whole } from './whole.js';

/**
 * @param {import('../program.js').Place} place
 * @param {import('./math.js').Scene} scene
 * @returns {import('./math.js').Explanation}
 */
export function explainStep(place, scene) {
  if (place.stage === 'loss') return loss(place, scene);
  const layer = scene.layers[place.layer];
  if (!layer.stage || place.channel < 0) return whole(place, scene, layer);
  const stages = { forward, backward, update };
  return stages[place.stage](place, scene, layer);
}
