// The simplifications and approximations of each view, as the views state them.
import { html, render } from 'lit-html';
import { simplified as comparison } from '../compare/simplified.js';
import { simplified as curves } from '../curves.js';
import { simplified as drawing } from '../draw.js';
import { simplified as network } from '../network.js';
import { simplified as predictions } from '../predictions.js';
import { VIEWS } from './index.js';
import { simplified as timeline } from './timeline.js';

/** @type {import('../../step/inspector.js').ViewKind} */
export const honesty = {
  id: 'honesty',
  label: 'Simplifications',
  traced: false,
  simplified: ['This table lists known simplifications only.'],
  make: (element) => ({ draw: () => table(element) }),
};

/** @param {HTMLElement} element */
function table(element) {
  const rows = [
    { label: 'Network', simplified: network },
    { label: 'Curves', simplified: curves },
    { label: 'Compare', simplified: comparison },
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
          <th scope="col">simplifications and approximations</th>
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
