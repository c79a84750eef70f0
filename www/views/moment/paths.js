// The paths from a weight to the loss, as a table and as lines in the picture. Paths that contribute 0 are folded away.
import { html, nothing } from 'lit-html';
import { factor, figure } from '../../step/formulas/figure.js';
import { shortNameOf } from '../../step/formulas/math.js';
import { edgesOf, pathsOf } from '../../step/paths.js';
import { Remembered } from '../../step/remember.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../step/paths.js').Path} Path */
/** @typedef {import('../../types.js').PathEdge} PathEdge */

/** Number of paths that are listed at first. */
const LISTED = 8;

export class Paths {
  /** @type {Remembered<ReturnType<typeof pathsOf> & { edges: PathEdge[] }>} */
  #found = new Remembered();
  /** Whether all computed paths are listed. */
  #listsAll = false;

  /** @param {import('../../step/inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /**
   * Renders the paths of a weight, in a table and in the picture.
   * @param {ViewState} view
   * @param {Scene} scene
   * @param {import('../../step/chosen.js').ChosenWeight} chosen
   */
  show(view, scene, { layer, ref, at }) {
    const { trace, layers, row } = scene;
    if (row < 0) {
      this.clear(view);
      return html`<p class="soft">Choose an example to see its paths.</p>`;
    }
    const found = this.#found.get([trace, at, row], () => {
      const positions = Array.from({ length: layer.n / layer.channels }, (_, p) => p);
      const units = positions.map((p) => p * layer.channels + ref.unit);
      const found = pathsOf(trace, layers, layer, units, ref.from, row);
      return { ...found, edges: edgesOf(found.paths, layers) };
    });
    this.#draw(view, found.edges);
    const { paths, sum, count, zeros, zeroPaths } = found;
    const folded = zeros ? zeroLine(zeros, zeroPaths, layers) : nothing;
    if (!paths.length)
      return html`<p>
          This weight has no effect on this example: its input is 0 or a unit on the way is
          saturated. Choose another weight or example to see a path.
        </p>
        ${folded}`;
    const shown = this.#listsAll ? paths : paths.slice(0, LISTED);
    const each = count === paths.length ? 'all' : 'the largest';
    return html`<table class="paths">
        <caption>
          ${count.toLocaleString('en')} path${count === 1 ? '' : 's'} from this weight to
          ${endOf(scene, paths[0])}${count > 1 ? ', largest first' : nothing}
        </caption>
        <tbody>
          ${shown.map((path) => line(path, layers))}
        </tbody>
      </table>
      ${paths.length > LISTED ? this.#more(paths.length) : nothing} ${folded}
      <p class="soft">
        ${paths.length > 1 ? html`Sum of ${each} ${paths.length.toLocaleString('en')}: ` : nothing}<b
          data-n="paths"
          >${figure(Math.fround(sum))}</b
        >${each === 'all' ? ' is the share of this example in the gradient' : nothing}. Each product
        is input × f′(z) × w × … × δ (chain rule).
      </p>`;
  }

  /** Renders the button that lists more or fewer paths. @param {number} count */
  #more(count) {
    const turn = () => {
      this.#listsAll = !this.#listsAll;
      this.tools.redraw();
    };
    return html`<button type="button" class="quiet" @click=${turn}>
      ${this.#listsAll ? `Show the ${LISTED} largest` : `Show all ${count.toLocaleString('en')}`}
    </button>`;
  }

  /** Removes the paths from the picture. @param {ViewState} view */
  clear(view) {
    if (view.state.gradientPaths.length) this.#draw(view, []);
    return nothing;
  }

  /** @param {ViewState} view @param {PathEdge[]} edges */
  #draw({ state }, edges) {
    if (state.gradientPaths !== edges) queueMicrotask(() => this.tools.showPaths(edges));
  }
}

/** Names the end of a path: the loss, or the last layer that is opened. @param {Scene} scene @param {Path} path */
function endOf({ trace, layers }, { units }) {
  const end = layers[units[units.length - 1].layer];
  if (trace.layers.slice(end.layer + 1).every(({ delta }) => !delta.length)) return 'the loss';
  const after = layers.filter(({ source, inner }) => source === end.layer && inner < 0);
  const names = after.map(({ name }) => name).join(' and ');
  return `${end.name} (${names} after it is shown as a whole)`;
}

/** @param {Path} path @param {import('../../step/stages.js').StepLayer[]} layers */
function line({ units, factors, product }, layers) {
  return html`<tr>
    <th scope="row">
      ${units.map((unit, i) => html`${i ? ' → ' : nothing}<span>${shortNameOf(layers[unit.layer], unit.unit)}</span>`)}
    </th>
    <td>${factors.map((f, i) => html`${i ? ' × ' : nothing}<span>${factor(f)}</span>`)}</td>
    <td><span>= ${figure(Math.fround(product))}</span></td>
  </tr>`;
}

/** @param {number} zeros @param {Path[]} paths the first of them @param {import('../../step/stages.js').StepLayer[]} layers */
function zeroLine(zeros, paths, layers) {
  const one = zeros === 1;
  return html`<details class="zeros">
    <summary>
      ${zeros.toLocaleString('en')} path${one ? '' : 's'} through inputs of 0 or saturated units
      contribute${one ? 's' : ''} 0
    </summary>
    <table class="paths">
      <tbody>
        ${paths.map((path) => line(path, layers))}
      </tbody>
    </table>
    ${zeros > paths.length ? html`<p class="soft">These are the first ${paths.length}.</p>` : nothing}
  </details>`;
}
