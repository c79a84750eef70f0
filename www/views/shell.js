// The frame of the page: one element for each view.
import { html, render } from 'lit-html';

/** Renders the frame and returns its elements. @param {HTMLElement} app */
export function shell(app) {
  app.replaceChildren();
  render(
    html`
      <header class="header"></header>
      <main>
        <div class="settings" role="region" aria-label="Settings" tabindex="-1"></div>
        <div class="centre">
          <p class="notice" role="status" aria-live="polite"></p>
          <section class="network" aria-label="Network"></section>
          <section class="transport" aria-label="Training"></section>
          <section class="timeline" aria-label="Time machine"></section>
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
        <aside class="results" aria-label="Results">
          <div class="curves"></div>
          <section class="panel predictions" aria-label="Predictions"></section>
        </aside>
      </main>
      <dialog class="help" aria-label="Help"></dialog>
    `,
    app,
  );
  const get = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (app.querySelector(selector));
  return {
    header: get('.header'),
    settings: get('.settings'),
    notice: get('.notice'),
    network: get('.network'),
    transport: get('.transport'),
    tabs: get('.tabs-holder'),
    pad: get('.pad'),
    timeline: get('.timeline'),
    panel: get('.glass-panel'),
    compare: get('.compare-panel'),
    curves: get('.curves'),
    predictions: get('.predictions'),
    dialog: /** @type {HTMLDialogElement} */ (get('dialog')),
  };
}
