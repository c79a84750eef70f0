// What is simplified or approximate in each view, in the words of the views themselves.
import { html, render } from 'lit-html';
import { simplified as curves } from '../../views/curves.js';
import { simplified as drawing } from '../../views/draw.js';
import { simplified as network } from '../../views/network.js';
import { simplified as predictions } from '../../views/predictions.js';
import { VIEWS } from './index.js';
import { simplified as timeline } from './timeline.js';

/** @type {import('../glass.js').ViewKind} */
export const honesty = {
  id: 'honesty',
  label: 'What is simplified',
  traced: false,
  simplified: ['It tells what the views’ authors know of.'],
  make: (element) => ({ draw: () => table(element) }),
};

/** @param {HTMLElement} element */
function table(element) {
  const rows = [
    { label: 'Network', simplified: network },
    { label: 'Curves', simplified: curves },
    { label: 'Predictions', simplified: predictions },
    { label: 'Drawing pad', simplified: drawing },
    { label: 'Time machine', simplified: timeline },
    ...VIEWS,
  ];
  render(
    html`<table class="honesty">
      <thead>
        <tr>
          <th scope="col">view</th>
          <th scope="col">what in it is simplified or approximate</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ label, simplified }) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>
                <ul>
                  ${simplified.map((sentence) => html`<li>${sentence}</li>`)}
                </ul>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`,
    element,
  );
}
