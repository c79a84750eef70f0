// One weight: its dL/dw with every factor, the paths along which it reaches the loss, the proof by a difference, and a
// field to set it by hand.
import { html, nothing } from 'lit-html';
import { digits } from '../../figures.js';
import { sharesOf } from '../formulas/backward.js';
import { nameOfHop, nameOfTerm, nameOfUnit } from '../formulas/math.js';
import { hopsOf, nameOf, pathsOf, weightAt } from '../numbers.js';
import { termsOf } from '../program.js';

/** @typedef {import('../glass.js').Look} Look */
/** @typedef {import('../formulas/math.js').Scene} Scene */
/** @typedef {import('../program.js').StepLayer} StepLayer */
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
  /** Those that were last followed. @type {{ of: unknown[], found: ReturnType<typeof pathsOf> } | null} */
  #followed = null;

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
    const opens = layer.kernelAt >= 0;
    const own = { layer: lit.layer, unit: lit.unit % layer.channels, from };
    const choose = (/** @type {number} */ place) => {
      const to = { ...own, from: place };
      this.tools.choose(to);
      if (opens) pick(to);
    };
    const at = opens
      ? weightAt(layer, own.unit, from)
      : look.opened.info.layers[lit.layer].params[0].at + from;
    return html`<section class="weight-panel" aria-label="One weight" data-step=${look.step}>
      ${opens ? this.#ofUnit(look, layer, own.unit, from, choose) : this.#ofArray(look, layer, from, choose)}
      ${this.#facts(look, scene, at, opens ? own : null)}
    </section>`;
  }

  /**
   * The weight of a term of a channel: from a list, or by number where that would be long.
   * @param {Look} look
   * @param {StepLayer} layer
   * @param {number} channel
   * @param {number} from
   * @param {(from: number) => void} choose
   */
  #ofUnit({ opened }, layer, channel, from, choose) {
    const count = termsOf(layer);
    const label = (/** @type {number} */ i) => nameOfTerm(layer, i, opened.info.data.image);
    const changed = (/** @type {any} */ event) => choose(Number(event.target.value));
    return html`<label
      >${nameOfUnit(layer, channel, -1)}: weight of
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
   * @param {StepLayer} layer
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
   * @param {Required<Lit> | null} into the channel that it leads into, of a layer that is opened
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
  #share(scene, { layer, unit, from }) {
    if (scene.row < 0) return nothing;
    const shares = sharesOf(scene, scene.layers[layer], unit, from, scene.row);
    const sum = shares.reduce((sum, { product }) => Math.fround(sum + product), 0);
    const [{ x, delta }] = shares;
    const one = html`${digits(x)} × ${digits(delta)}`;
    return html`<div>
      <dt>this row’s share: x · δ</dt>
      <dd>
        ${shares.length > 1 ? html`the sum of x · δ over ${shares.length} positions` : one} =
        ${digits(sum)}
      </dd>
    </div>`;
  }

  /** @param {Scene} scene @param {Required<Lit>} into */
  #ways(scene, { layer: index, unit, from }) {
    const { trace, layers, row } = scene;
    if (row < 0) return html`<p class="soft">Choose a row to see its paths.</p>`;
    const layer = layers[index];
    const of = [trace, index, unit, from, row];
    if (!this.#followed?.of.every((part, i) => part === of[i])) {
      const positions = Array.from({ length: layer.n / layer.channels }, (_, p) => p);
      const units = positions.map((p) => p * layer.channels + unit);
      this.#followed = { of, found: pathsOf(trace, layers, layer, units, from, row, MOST) };
    }
    const { paths, sum, complete } = this.#followed.found;
    const moves = paths.some(({ product }) => product !== 0);
    const none = html`<p>
      In this row nothing reaches the loss through this weight: its input is 0, or an activation on
      the way is flat. Choose another input or row to see one that does.
    </p>`;
    this.#draw(paths, layers);
    if (!paths.length) return none;
    const s = paths.length === 1 ? '' : 's';
    return html`${moves ? nothing : none}
      <table class="paths">
        <caption>
          ${complete ? nothing : 'The first '}${paths.length} path${s} from this weight to the loss,
          those that carry most first
        </caption>
        <tbody>
          ${paths.slice(0, LISTED).map(
            ({ hops, factors, product }) =>
              html`<tr>
                <th scope="row">
                  ${hops.map((hop, i) => html`${i ? ' → ' : nothing}<span>${nameOfHop(layers[hop.layer], hop.unit)}</span>`)}
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
        Factors: x, then f′(z) and w by turns, and δ where the path ends; paths with a flat
        activation on them are left out.
      </p>`;
  }

  /** In the picture, where they are other paths than those there. @param {import('../numbers.js').Path[]} paths @param {StepLayer[]} layers */
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
