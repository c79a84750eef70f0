// The help dialog: the parts of the page and the keyboard shortcuts.
import { html, render } from 'lit-html';

export const KEYS = [
  ['space', 'start or pause training'],
  ['→', 'train one batch'],
  ['shift\u00a0→', 'train one epoch'],
  ['R', 'reset training (Undo restores it)'],
  ['U', 'undo the last change or reset'],
  ['shift\u00a0↑\u00a0↓', 'on a unit of the picture: step through its weights'],
  ['?', 'show this help'],
];

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  render(
    html`<div class="dialog-body">
      <h2>How this page works</h2>
      <p>
        The settings follow the three steps of the lesson: <b>specify the model</b>, choose
        <b>loss and cost</b>, and <b>train</b> by gradient descent. The picture shows the network
        with one example passing through it, and the charts show how training goes. Press
        <b>Play</b> and watch the small images: they are the weights of the first layer.
      </p>
      <p>
        The slider below the buttons goes to any batch of the run. Select a unit in the picture and
        press <b>Look inside</b> to see the forward pass, the loss, the backward pass and the update
        of that step, down to a single product. There you can also change a weight and continue
        training from that step.
      </p>
      <p>
        The same experiment gives the same numbers in every browser, to the last bit, so a link
        reproduces the whole run. Nothing that you do or draw leaves this browser.
      </p>
      <h3>Keyboard shortcuts</h3>
      <dl class="keys">
        ${KEYS.map(
          ([key, what]) =>
            html`<div>
              <dt><kbd>${key}</kbd></dt>
              <dd>${what}</dd>
            </div>`,
        )}
      </dl>
      <p><a href="./bench.html">Training speed in this browser</a>, compared with TensorFlow.js.</p>
      <p class="soft">
        This browser saves the experiment and its trained weights on this device. The digits come
        from MNIST (<a href="./NOTICE.txt">notice</a>).
      </p>
      <button type="button" class="primary" autofocus @click=${() => dialog.close()}>Close</button>
    </div>`,
    dialog,
  );
  dialog.showModal();
}
