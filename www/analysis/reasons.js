// Explanation of a prediction by input gradients and occlusion. It works for any model, since it only evaluates it.

/**
 * @typedef {object} Reasons
 * @property {number} answer output of the model
 * @property {Float32Array} gradient d output / d input, by a central difference
 * @property {Float32Array} occlusion decrease of the output when the patch around an input is set to 0
 */

/** Step h of the central difference. */
const H = 1 / 64;

/**
 * @param {(input: Float32Array) => number} answer
 * @param {Float32Array} input
 * @param {{ height: number, width: number, patch: number }} image size of the image; other inputs have height 1
 * @returns {Reasons}
 */
export function reasonsFor(answer, input, { height, width, patch }) {
  const x = input.slice();
  const own = answer(x);
  const gradient = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    x[i] = input[i] + H;
    const above = answer(x);
    x[i] = input[i] - H;
    gradient[i] = (above - answer(x)) / (2 * H);
    x[i] = input[i];
  }
  const occlusion = new Float32Array(x.length);
  const reach = Math.floor(patch / 2);
  const channels = x.length / (height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      x.set(input);
      for (let r = Math.max(0, row - reach); r <= Math.min(height - 1, row + reach); r++) {
        for (let c = Math.max(0, column - reach); c <= Math.min(width - 1, column + reach); c++) {
          x.fill(0, (r * width + c) * channels, (r * width + c + 1) * channels);
        }
      }
      const fall = own - answer(x);
      const at = (row * width + column) * channels;
      occlusion.fill(fall, at, at + channels);
    }
  }
  return { answer: own, gradient, occlusion };
}
