// Contours of a square of values, the lighter the less, with a path on it.
import { contours } from 'd3-contour';

const LEVELS = 14;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} w
 * @param {number} h
 * @param {{ a: [number, number], b: [number, number], path: [number, number][], values: Float64Array, side: number }} slice
 *   values of `side` rows, the first at the least b; where the run's path lies
 * @param {import('../colour.js').Colours} colours
 */
export function paintContours(context, w, h, { a, b, path, values, side }, { ink, dark }) {
  const logs = [...values].map((v) => Math.log(Math.max(v, 1e-12)));
  const finite = logs.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const levels = Array.from({ length: LEVELS }, (_, i) => least + ((most - least) * i) / LEVELS);
  const made = contours().size([side, side]).thresholds(levels)(
    logs.map((v) => (Number.isFinite(v) ? v : most)),
  );
  // d3's cells are counted from their corners, ours lie on the lines.
  const x = (/** @type {number} */ at) => ((at - 0.5) * w) / (side - 1);
  const y = (/** @type {number} */ at) => h - ((at - 0.5) * h) / (side - 1);
  made.forEach(({ coordinates }, i) => {
    const depth = i / LEVELS;
    context.beginPath();
    for (const ring of coordinates.flat()) {
      ring.forEach(([px, py], k) =>
        k ? context.lineTo(x(px), y(py)) : context.moveTo(x(px), y(py)),
      );
    }
    const light = dark ? 16 + 40 * depth : 97 - 38 * depth;
    context.fillStyle = `hsl(212 45% ${light}%)`;
    context.fill('evenodd');
    context.strokeStyle = dark ? 'rgb(255 255 255 / 18%)' : 'rgb(0 0 0 / 14%)';
    context.stroke();
  });
  const px = (/** @type {number} */ at) => ((at - a[0]) / (a[1] - a[0])) * w;
  const py = (/** @type {number} */ at) => h - ((at - b[0]) / (b[1] - b[0])) * h;
  context.strokeStyle = context.fillStyle = ink.loss;
  context.lineWidth = 2;
  context.beginPath();
  path.forEach(([u, v], i) => (i ? context.lineTo(px(u), py(v)) : context.moveTo(px(u), py(v))));
  context.stroke();
  context.beginPath();
  const [u, v] = path[path.length - 1];
  context.arc(px(u), py(v), 5, 0, 7);
  context.fill();
}
