// Help: the keys, and what the three steps are.
import { html, render } from 'lit-html';

export const KEYS = [
  ['space', 'play, pause'],
  ['→', 'train one batch'],
  ['shift →', 'train one epoch'],
  ['R', 'reset the run (undo brings it back)'],
  ['U', 'undo the last change or reset'],
  ['shift ↑ ↓', 'at a unit of the picture: its weights'],
  ['?', 'this list'],
];

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  render(
    html`<div class="dialog-body">
      <h2>How this page works</h2>
      <p>
        Left: <b>specify</b> the model, choose <b>loss and cost</b>, and how to <b>descend</b>.
        Middle: the network itself, with one example going through it. Right: how training goes.
        Press play and watch the small images, the weights of the first layer, take shape.
      </p>
      <p>
        The slider below the buttons leads to any batch of the run. Choose a unit in the picture and
        press <b>Look inside</b>: forward, loss, backward and update of that very step, down to one
        product; or go on from there with another weight.
      </p>
      <p>
        The same experiment gives the same numbers in every browser, to the last bit: a link is the
        whole run. Nothing that you do or draw leaves this browser.
      </p>
      <h3>Keys</h3>
      <dl class="keys">
        ${KEYS.map(
          ([key, what]) =>
            html`<div>
              <dt><kbd>${key}</kbd></dt>
              <dd>${what}</dd>
            </div>`,
        )}
      </dl>
      <p><a href="./bench.html">How fast it trains here</a>, beside TensorFlow.js.</p>
      <p class="soft">
        Saved in this browser, on this device: the experiment, and how far it was trained. The
        digits are MNIST’s: <a href="./NOTICE.txt">notice</a>.
      </p>
      <button type="button" class="primary" autofocus @click=${() => dialog.close()}>Close</button>
    </div>`,
    dialog,
  );
  dialog.showModal();
}
