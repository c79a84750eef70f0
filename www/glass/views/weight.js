// One weight: its dL/dw with every factor, the paths along which it reaches the loss, the proof by a difference, and a
// field to set it by hand.
import { html, nothing } from 'lit-html';
import { digits } from '../../figures.js';
import { hopsOf, inputsOf, nameOf, pathsOf, takerOf, weightAt } from '../numbers.js';

/** @typedef {import('../glass.js').Look} Look */
/** @typedef {import('../formulas.js').Scene} Scene */
/** @typedef {import('../../types.js').Lit} Lit */

/** Paths that are followed, and those that are listed. */
const [MOST, LISTED] = [4000, 8];
/** A list of more weights than this is none to choose from: they are called by their number. */
const LONG = 1000;

/**
 * h of the difference: a power of two, so that w + h and w - h round little; large enough that the loss, which is a
 * float32, changes by many of its last digits, and small enough that the loss is nearly straight in between.
 * @param {number} w
 */
export const stepOf = (w) => 2 ** Math.round(Math.log2(Math.max(1, Math.abs(w)) / 128));

export class WeightPanel {
  /** @type {{ key: string, found: Float64Array | null } | null} */
  #proof = null;

  /** The paths that were last drawn in the picture. */
  #drawn = '';

  /** @param {import('../glass.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /**
   * @param {Look} look
   * @param {Scene} scene
   * @param {(lit: Lit) => void} pick
   */
  show(look, scene, pick) {
    const lit = look.state.chosen ?? look.state.lit;
    const layer = lit && scene.layers[lit.layer];
    if (!lit || !layer || layer.n_params === 0) {
      return html`<p class="soft weight-panel">
        Choose a unit of a layer with weights in the picture above to see the gradient of any of
        them.
      </p>`;
    }
    const from = lit.from ?? 0;
    const choose = (/** @type {number} */ place) => {
      const to = { ...lit, from: place };
      this.tools.choose(to);
      if (layer.dense) pick(to);
    };
    return html`<section class="weight-panel" aria-label="One weight" data-step=${look.step}>
      ${
        layer.dense
          ? this.#ofUnit(look, layer, lit.unit, from, choose)
          : this.#ofArray(look, layer, from, choose)
      }
      ${
        layer.dense
          ? this.#facts(look, scene, weightAt(layer, lit.unit, from), { ...lit, from })
          : this.#facts(look, scene, look.opened.info.layers[lit.layer].params[0].at + from, null)
      }
    </section>`;
  }

  /**
   * The weight that leads from an input into a unit: from a list, or by number where that would be long.
   * @param {Look} look
   * @param {import('../program.js').StepLayer} layer
   * @param {number} unit
   * @param {number} from
   * @param {(from: number) => void} choose
   */
  #ofUnit({ opened }, layer, unit, from, choose) {
    const count = layer.inputs + (layer.biasAt < 0 ? 0 : 1);
    const { image } = opened.info.data;
    const label = (/** @type {number} */ i) => {
      if (i === layer.inputs) return 'bias';
      if (layer.source < 0 && image) {
        return `pixel (${Math.floor(i / image.width) + 1}, ${(i % image.width) + 1})`;
      }
      return `input ${i + 1}`;
    };
    const changed = (/** @type {any} */ event) => choose(Number(event.target.value));
    return html`<label
      >${layer.name}, unit ${unit + 1}: weight of
      ${
        count > LONG
          ? this.#byNumber(count, from, choose)
          : html`<select id="weight" @change=${changed}>
              ${Array.from({ length: count }, (_, i) => html`<option value=${i} .selected=${i === from}>${label(i)}</option>`)}
            </select>`
      }</label
    >`;
  }

  /**
   * A weight of a layer whose units are no sums of single inputs: an array, and a place in it.
   * @param {Look} look
   * @param {import('../program.js').StepLayer} layer
   * @param {number} from
   * @param {(from: number) => void} choose
   */
  #ofArray({ opened }, layer, from, choose) {
    const { params } = opened.info.layers[layer.index];
    const start = params[0].at;
    const own = params.find((p) => from < p.at - start + p.length) ?? params[0];
    const array = (/** @type {any} */ event) => choose(Number(event.target.value));
    return html`<label
        >${layer.name}: array
        <select id="array" @change=${array}>
          ${params.map((p) => html`<option value=${p.at - start} .selected=${p === own}>${p.path} [${p.shape.join(' × ')}]</option>`)}
        </select></label
      >
      <label
        >place
        ${this.#byNumber(own.length, from - (own.at - start), (i) => choose(own.at - start + i))}</label
      >`;
  }

  /** @param {number} count @param {number} at @param {(at: number) => void} choose */
  #byNumber(count, at, choose) {
    const changed = (/** @type {any} */ event) => {
      const place = Math.round(Number(event.target.value));
      choose(Math.min(count, Math.max(1, place || 1)) - 1);
    };
    return html`<input
        id="weight"
        type="number"
        min="1"
        max=${count}
        .value=${String(at + 1)}
        @change=${changed}
      />
      of ${count.toLocaleString('en')}`;
  }

  /**
   * @param {Look} look
   * @param {Scene} scene
   * @param {number} at place in `get_weights()`
   * @param {Required<Lit> | null} into the unit that it leads into, of a Dense layer
   */
  #facts(look, scene, at, into) {
    const { trace } = scene;
    const [w, g] = [trace.before[at], trace.gradients[at]];
    return html`<dl class="facts" data-at=${at}>
        <div>
          <dt>w</dt>
          <dd>
            <input
              id="weight-value"
              type="text"
              inputmode="decimal"
              aria-label="value of this weight"
              .value=${digits(w).replace('−', '-')}
              @change=${(/** @type {Event} */ event) => this.#set(look, at, event)}
            />
          </dd>
        </div>
        <div>
          <dt>dL/dw</dt>
          <dd data-n="gradient">${digits(g)}</dd>
        </div>
        ${this.#difference(look, at, w, g)} ${into ? this.#share(scene, into) : nothing}
      </dl>
      ${into ? this.#ways(scene, into) : nothing}`;
  }

  /** What one row adds to the gradient. @param {Scene} scene @param {Required<Lit>} into */
  #share({ trace, layers, row }, { layer: index, unit, from }) {
    if (row < 0) return nothing;
    const layer = layers[index];
    const x = from === layer.inputs ? 1 : inputsOf(trace, layer, row)[from];
    const delta = trace.layers[index].delta[row * layer.n + unit];
    return html`<div>
      <dt>this row’s share: x · δ</dt>
      <dd>${digits(x)} × ${digits(delta)} = ${digits(Math.fround(x * delta))}</dd>
    </div>`;
  }

  /** @param {Scene} scene @param {Required<Lit>} into */
  #ways(scene, { layer: index, unit, from }) {
    const { trace, layers, row } = scene;
    if (row < 0) return html`<p class="soft">Choose a row to see its paths.</p>`;
    const layer = layers[index];
    const x = from === layer.inputs ? 1 : inputsOf(trace, layer, row)[from];
    const none = html`<p>
      In this row the input is 0: the row has no share in this weight’s gradient. Choose another
      input or row to see one that has.
    </p>`;
    return html`${x === 0 ? none : nothing} ${this.#paths(scene, index, unit, x)}`;
  }

  /** @param {Scene} scene @param {number} index @param {number} unit @param {number} x */
  #paths({ trace, layers, row }, index, unit, x) {
    const layer = layers[index];
    const { paths, sum, complete } = pathsOf(trace, layers, layer, unit, x, row, MOST);
    /** @type {number[]} */
    const names = [];
    for (let l = /** @type {typeof layer | undefined} */ (layer); l; l = takerOf(layers, l.index))
      names.push(l.index);
    this.#draw(paths, names);
    return html`<table class="paths">
        <caption>
          ${paths.length} path${paths.length === 1 ? '' : 's'} from this weight to the loss, those
          that carry most first
        </caption>
        <tbody>
          ${paths.slice(0, LISTED).map(
            ({ units, factors, product }) =>
              html`<tr>
                <th scope="row">
                  ${units.map((u, i) => html`${i ? ' → ' : nothing}<span>${layers[names[i]].name} ${u + 1}</span>`)}
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
        Sum of ${complete ? 'all' : 'the first'} ${paths.length}:
        <b data-n="paths">${digits(Math.fround(sum))}</b>${complete ? nothing : '; there are more'}.
        Factors: x, then f′(z) and w by turns, and δ of the last layer.
      </p>`;
  }

  /** In the picture, where they are other paths than those there. @param {import('../numbers.js').Path[]} paths @param {number[]} layers */
  #draw(paths, layers) {
    const hops = hopsOf(paths, layers);
    const key = JSON.stringify(hops);
    if (key === this.#drawn) return;
    this.#drawn = key;
    queueMicrotask(() => this.tools.trail(hops));
  }

  /** @param {Look} look @param {number} at @param {number} w @param {number} g */
  #difference(look, at, w, g) {
    const key = `${look.step} ${at} ${look.opened.text}`;
    if (this.#proof?.key !== key) {
      this.#proof = { key, found: null };
      const asked = this.tools.differences([{ at, h: stepOf(w) }]);
      asked
        .catch(() => [new Float64Array()])
        .then(([found]) => {
          if (this.#proof?.key === key) this.#proof = { key, found };
          this.tools.redraw();
        });
    }
    const found = this.#proof.found;
    if (!found)
      return html`<div>
        <dt>by a difference</dt>
        <dd>…</dd>
      </div>`;
    if (found.length === 0)
      return html`<div>
        <dt>by a difference</dt>
        <dd>none: no optimizer moves this number</dd>
      </div>`;
    const [h, above, below, slope] = found;
    const off = Math.abs(slope - g) / Math.max(Math.abs(slope), Math.abs(g), 1e-12);
    return html`<div>
      <dt title="(L(w + h) − L(w − h)) / 2h">by a difference</dt>
      <dd>
        (${digits(above)} − ${digits(below)}) / (2 × ${digits(h)}) =
        <b data-n="difference">${slope.toPrecision(4)}</b>, off by ${(100 * off).toPrecision(2)} %
        <span class="soft"
          >h = ${digits(h)}: the loss is a float32, good to about
          ${(6e-8 * Math.abs(above)).toPrecision(1)}, so the difference is good to
          ${((6e-8 * Math.abs(above)) / h).toPrecision(1)} at best; a smaller h would leave fewer
          digits, a larger one would see the loss bend.</span
        >
      </dd>
    </div>`;
  }

  /** @param {Look} look @param {number} at @param {Event} event */
  #set({ opened }, at, event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const value = Number(field.value.replace('−', '-').replace(',', '.'));
    if (field.value.trim() === '' || !Number.isFinite(Math.fround(value))) {
      this.tools.say(
        `“${field.value}” is no number that a weight can have: type one such as 0.25.`,
      );
      this.tools.redraw();
      return;
    }
    const { path, at: place } = nameOf(opened.info, at);
    this.tools.edit([{ path, at: place, values: [value] }], `${path} [${place}] set to ${value}`);
  }
}
