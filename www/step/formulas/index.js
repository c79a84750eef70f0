// A small step in formulas: as it stands in a book, with the numbers in it, and what comes out.
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
