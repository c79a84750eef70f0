// The edits of the experiment and the drawer of all settings: what the forms, the heads of the picture and the sentence do.
import { entryNamed } from '../forms/choices.js';
import { idOf } from '../forms/forms.js';
import { openLayerPicker } from '../forms/picker.js';
import {
  addLayer,
  indexOf,
  isSequential,
  layersOf,
  moveLayers,
  removeLayer,
  resizeLayer,
  sizeOption,
} from './layer-edits.js';
import { restoreDraft } from './opening.js';
import { withChange } from './store.js';

/** Pixels of the drawer's head, which covers what is scrolled below it. */
const HEAD = 60;

export class Editing {
  /**
   * @param {import('./store.js').Store} store
   * @param {import('./runner.js').Runner} runner
   * @param {{ settings: HTMLElement, quick: HTMLElement, layerPicker: HTMLDialogElement }} parts
   * @param {() => void} redraw draws the forms at once
   */
  constructor(store, runner, parts, redraw) {
    this.store = store;
    this.runner = runner;
    this.parts = parts;
    this.redraw = redraw;
  }

  /** @type {import('../forms/form.js').Edit} */
  edit = (change, description) => {
    // Based on the latest draft: the drawn form may be older, and the edited item may be gone.
    const { draft } = this.store.state;
    const next = change(draft);
    if (next !== draft) this.runner.edit(next, description);
  };

  /** Shows the running experiment in the forms again. */
  putBack = () => restoreDraft(this.store);

  /** @param {import('../types.js').Advice} advice */
  applyFix = ({ experiment, change }) => this.edit(() => experiment, change);

  /** @param {number} epochs */
  trainMore = (epochs) => {
    const all = (this.store.state.draft.fit.epochs ?? 1) + epochs;
    this.edit((now) => withChange(now, ['fit', 'epochs'], all), `Epochs changed to ${all}`);
    this.runner.play();
  };

  /** Opens the drawer at a setting; with an empty path, at its beginning. @param {string} path */
  openSettings = (path) => {
    const { settings } = this.parts;
    this.store.set({ drawer: path });
    this.redraw();
    const layer = /^model\.config\.layers\[(\d+)\]$/.exec(path);
    const target = layer
      ? settings.querySelectorAll('.layers > li')[Number(layer[1])]
      : path && document.getElementById(idOf([path]));
    const shown = /** @type {HTMLElement | null} */ (target || null);
    // Only the drawer scrolls: the page, and with it Play, stays where it is.
    if (shown)
      settings.scrollTop +=
        shown.getBoundingClientRect().top - settings.getBoundingClientRect().top - HEAD;
    (shown ?? settings).focus({ preventScroll: true });
  };

  closeSettings = () => {
    const { settings, quick } = this.parts;
    const hadFocus = settings.contains(document.activeElement);
    this.store.set({ drawer: null });
    this.redraw();
    if (!hadFocus) return;
    const opener = /** @type {HTMLElement | null} */ (quick.querySelector('.all-settings'));
    opener?.focus({ preventScroll: true });
  };

  /** Opens the list of layers, to insert one before a layer of the draft. @param {number} at */
  pickLayer = (at) => {
    const { catalog, draft } = this.store.state;
    const next = entryNamed(catalog.layers, layersOf(draft)[at]?.class_name)?.label;
    const where = next ? `before layer ${at + 1} (${next})` : 'at the end';
    openLayerPicker(this.parts.layerPicker, catalog.layers, where, (entry) =>
      this.edit((now) => addLayer(now, at, entry), `${entry.label} added`),
    );
  };

  /** What the heads of the picture do. Their layers count without input layers. @type {import('../views/heads.js').HeadActions} */
  heads = {
    light: (highlight) => this.store.set({ highlight }),
    open: (layer) => this.openSettings(`model.config.layers[${this.#indexOf(layer)}]`),
    canArrange: () => isSequential(this.store.state.draft),
    canResize: (layer) => sizeOption(this.#entryOf(layer)) !== undefined,
    resize: (layer, by) => {
      const { catalog, draft } = this.store.state;
      const next = resizeLayer(catalog, draft, this.#indexOf(layer), by);
      const option = sizeOption(this.#entryOf(layer));
      if (!option) return;
      const size = layersOf(next)[this.#indexOf(layer)].config[option.name];
      this.edit(() => next, `${option.label} of ${this.#nameOf(layer)} changed to ${size}`);
    },
    insert: (layer) => this.pickLayer(this.#indexOf(layer)),
    remove: (layer) =>
      this.edit((now) => removeLayer(now, indexOf(now, layer)), `${this.#nameOf(layer)} removed`),
    move: (layer, count, by) =>
      this.edit(
        (now) => moveLayers(now, indexOf(now, layer), count, by),
        `${this.#nameOf(layer)} moved`,
      ),
  };

  /** @param {number} layer */
  #indexOf(layer) {
    return indexOf(this.store.state.draft, layer);
  }

  /** @param {number} layer */
  #entryOf(layer) {
    const { catalog, draft } = this.store.state;
    return entryNamed(catalog.layers, layersOf(draft)[this.#indexOf(layer)]?.class_name);
  }

  /** The name of a layer, as the picture shows it. @param {number} layer */
  #nameOf(layer) {
    return this.store.state.opened?.info.layers[layer]?.name ?? 'layer';
  }
}
