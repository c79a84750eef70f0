// The help dialog: the parts of the page and the keyboard shortcuts.
import { html, render } from 'lit-html';

export const KEYS = [
  ['space', 'start or pause training'],
  ['→', 'train one batch'],
  ['shift\u00a0→', 'train one epoch'],
  ['R', 'reset training (Undo restores it)'],
  ['U', 'undo the last change or reset'],
  ['shift\u00a0↑\u00a0↓', 'on a unit of the picture: step through its weights'],
  ['alt\u00a0←\u00a0→', 'on a column’s name: move its layer'],
  ['del', 'on a column’s name: remove its layer'],
  ['esc', 'close the settings or the card'],
  ['PgDn', 'in presentation mode: train one epoch'],
  ['?', 'show this help'],
];

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  render(
    html`<div class="dialog-body">
      <h2>How this page works</h2>
      <p>
        Choose the <b>data</b> at the top and press <b>Play</b>. The picture shows the network with
        one example passing through it; watch the small images, which are the weights of the first
        layer. The line below the buttons says what the run is doing, and the charts show its
        losses.
      </p>
      <p>
        Change the <b>network on the picture</b>: − and + on a column change its units, + between
        two columns adds a layer, a click on a column’s name opens its settings, and dragging the
        name moves it. The settings that matter most stand beside Play; “All settings” has the rest,
        in the three steps of the lesson: <b>specify the model</b>, choose <b>loss and cost</b>, and
        <b>train</b> by gradient descent.
      </p>
      <p>
        The slider goes to any batch of the run. <b>Step by step</b> shows the forward pass, the
        loss, the backward pass and the update of that step, down to a single product.
        <b>Explain</b> asks why, <b>Compare</b> keeps your last runs and races variants, and
        <b>Code &amp; log</b> has the experiment as Keras code. Select a weight in the picture to
        change it and to continue training from there.
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
