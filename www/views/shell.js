// The frame of the page: one element for each view.
import { html, render } from 'lit-html';

/** The elements of the frame. @typedef {ReturnType<typeof shell>} Parts */

/** Renders the frame and returns its elements. @param {HTMLElement} app */
export function shell(app) {
  app.replaceChildren();
  const focus = (/** @type {string} */ selector) => (/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (app.querySelector(selector))?.focus();
  };
  render(
    html`
      <nav class="skips" aria-label="Skip">
        <a href="#play" @click=${focus('.play')}>Skip to Play</a>
        <a href="#picture" @click=${focus('.units button')}>Skip to the picture</a>
      </nav>
      <header class="header"></header>
      <div class="author"></div>
      <main>
        <div class="controls">
          <div class="dock">
            <section class="transport" aria-label="Training"></section>
            <section class="meter" aria-label="Progress"></section>
          </div>
          <section class="quick" aria-label="Main settings"></section>
          <section class="timeline" aria-label="Time machine"></section>
          <div class="sentence-row">
            <div class="sentence"></div>
            <div class="looking-back"></div>
          </div>
        </div>
        <div class="body">
          <aside
            class="settings"
            id="settings"
            aria-label="All settings"
            tabindex="-1"
            hidden
          ></aside>
          <div class="content">
            <div class="stage">
              <section class="network" id="picture" aria-label="Network"></section>
              <div class="results" role="region" aria-label="Results">
                <div class="curves"></div>
                <div class="early-stopping"></div>
                <section class="panel predictions" aria-label="Predictions"></section>
              </div>
            </div>
            <section class="below" aria-label="More about this run">
              <div class="tabs-holder"></div>
              <div
                class="pad"
                id="panel-draw"
                role="tabpanel"
                aria-labelledby="tab-draw"
                hidden
              ></div>
              <div class="glass-panel" id="panel-glass" role="tabpanel" hidden></div>
              <div
                class="compare-panel"
                id="panel-compare"
                role="tabpanel"
                aria-labelledby="tab-compare"
                hidden
              ></div>
            </section>
          </div>
        </div>
      </main>
      <dialog class="help" aria-label="Help"></dialog>
      <dialog class="layer-picker" aria-label="Add a layer"></dialog>
      <dialog class="sheet" aria-label="Layer"></dialog>
    `,
    app,
  );
  const get = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (app.querySelector(selector));
  return {
    header: get('.header'),
    author: get('.author'),
    transport: get('.transport'),
    quick: get('.quick'),
    timeline: get('.timeline'),
    lookingBack: get('.looking-back'),
    early: get('.early-stopping'),
    meter: get('.meter'),
    sentence: get('.sentence'),
    settings: get('.settings'),
    network: get('.network'),
    compare: get('.compare-panel'),
    curves: get('.curves'),
    predictions: get('.predictions'),
    tabs: get('.tabs-holder'),
    pad: get('.pad'),
    panel: get('.glass-panel'),
    dialog: /** @type {HTMLDialogElement} */ (get('dialog.help')),
    layerPicker: /** @type {HTMLDialogElement} */ (get('dialog.layer-picker')),
    sheet: /** @type {HTMLDialogElement} */ (get('dialog.sheet')),
  };
}
