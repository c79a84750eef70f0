// The paths from a weight to the loss, as a table and as lines in the picture.
import { html, nothing } from 'lit-html';
import { digits } from '../../app/figures.js';
import { shortNameOf } from '../../step/formulas/math.js';
import { edgesOf, pathsOf } from '../../step/paths.js';
import { mainStage } from '../../step/stages.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../types.js').UnitRef} UnitRef */
/** @typedef {import('../../types.js').PathEdge} PathEdge */

/** Number of listed paths. */
const LISTED = 8;

export class Paths {
  /** The last computed paths, and their key. @type {{ of: unknown[], found: ReturnType<typeof pathsOf>, hops: PathEdge[] } | null} */
  #computed = null;

  /** @param {import('../../step/inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /**
   * Renders the paths of a weight, in a table and in the picture.
   * @param {ViewState} view
   * @param {Scene} scene
   * @param {Required<UnitRef>} into
   */
  show(view, scene, { layer: index, unit, from }) {
    const { trace, layers, row } = scene;
    if (row < 0) {
      this.clear(view);
      return html`<p class="soft">Choose an example to see its paths.</p>`;
    }
    const layer = mainStage(layers, index);
    const of = [trace, index, unit, from, row];
    if (!this.#computed?.of.every((part, i) => part === of[i])) {
      const positions = Array.from({ length: layer.n / layer.channels }, (_, p) => p);
      const units = positions.map((p) => p * layer.channels + unit);
      const found = pathsOf(trace, layers, layer, units, from, row);
      this.#computed = { of, found, hops: edgesOf(found.paths, layers) };
    }
    this.#draw(view, this.#computed.hops);
    const { paths, sum, count } = this.#computed.found;
    const complete = count === paths.length;
    const moves = paths.some(({ product }) => product !== 0);
    const none = html`<p>
      This weight has no effect on this example: its input is 0 or a unit on the way is saturated.
      Choose another weight or example to see a path.
    </p>`;
    if (!paths.length) return none;
    const many = count.toLocaleString('en');
    const end = layers[paths[0].units[paths[0].units.length - 1].layer];
    const through = layers.filter(({ source, inner }) => source === end.layer && inner < 0);
    const opened = trace.layers.slice(end.layer + 1).every(({ delta }) => !delta.length);
    const after = through.map(({ name }) => name).join(' and ');
    const where = opened ? 'the loss' : `${end.name} (${after} after it is shown as a whole)`;
    return html`${moves ? nothing : none}
      <table class="paths">
        <caption>
          ${many} path${count === 1 ? '' : 's'} from this weight to
          ${where}${count > 1 ? ', largest first' : nothing}
        </caption>
        <tbody>
          ${paths.slice(0, LISTED).map(
            ({ units, factors, product }) =>
              html`<tr>
                <th scope="row">
                  ${units.map((edge, i) => html`${i ? ' → ' : nothing}<span>${shortNameOf(layers[edge.layer], edge.unit)}</span>`)}
                </th>
                <td>
                  ${factors.map((f, i) => html`${i ? ' × ' : nothing}<span>${digits(f)}</span>`)}
                </td>
                <td><span>= ${digits(Math.fround(product))}</span></td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="soft">
        Sum of ${complete ? 'all' : 'the largest'} ${paths.length}:
        <b data-n="paths">${digits(Math.fround(sum))}</b>. Each product is input × f′(z) × w × … × δ
        (chain rule). Paths through a saturated unit are omitted.
      </p>`;
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
