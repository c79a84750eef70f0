// The simplifications and approximations of each view, as the views state them.
import { html, render } from 'lit-html';
import { simplified as comparison } from '../compare/simplified.js';
import { simplified as curves } from '../curves.js';
import { simplified as drawing } from '../draw.js';
import { simplified as network } from '../network.js';
import { simplified as predictions } from '../predictions.js';
import { VIEWS } from './index.js';
import { simplified as timeline } from './timeline.js';

/** Simplifications of this view. */
export const simplified = ['This table lists known simplifications only.'];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element) => {
  const views = VIEWS.map(async ({ label, load }) => ({ label, ...(await load()) }));
  Promise.all(views).then(
    (rows) => table(element, rows),
    () =>
      render(
        html`<p class="soft">The list could not be loaded. Check your connection.</p>`,
        element,
      ),
  );
  return { draw: () => undefined };
};

/** @param {HTMLElement} element @param {{ label: string, simplified: string[] }[]} views */
function table(element, views) {
  const rows = [
    { label: 'Network', simplified: network },
    { label: 'Curves', simplified: curves },
    { label: 'Compare', simplified: comparison },
    { label: 'Predictions', simplified: predictions },
    { label: 'Drawing pad', simplified: drawing },
    { label: 'Time machine', simplified: timeline },
    ...views,
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
