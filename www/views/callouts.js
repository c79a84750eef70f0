// Two callouts on a first visit: what a tile is, and what the output says.
import { html, render } from 'lit-html';

/** Size of a callout in pixels, with its gap. */
const [WIDTH, ROOM] = [190, 66];

/**
 * Renders the callouts; none where `isShown` is false.
 * @param {HTMLElement} element
 * @param {import('../types.js').RunInfo} info
 * @param {import('../picture/layout.js').Layout} layout
 * @param {boolean} isShown
 */
export function callouts(element, info, { columns, width, height }, isShown) {
  const [input, first] = columns;
  const last = columns[columns.length - 1];
  const texts = [];
  if (isShown && first?.kind === 'tiles') {
    const what = info.data.bounds
      ? 'Each tile: one unit’s output over the whole plane.'
      : `Each tile: one unit’s ${input.n.toLocaleString('en')} weights, random before training.`;
    texts.push({ column: first, what });
  }
  if (isShown && last !== first && last.kind === 'discs' && last.n === 1)
    texts.push({ column: last, what: 'The output: the network’s guess for this example.' });
  render(
    texts.map(({ column, what }) => {
      const [{ y }] = column.boxes;
      const bottom = Math.max(...column.boxes.map((box) => box.y + box.h));
      const half = WIDTH / 2;
      const left = Math.max(0, Math.min(width - WIDTH, column.x + column.w / 2 - half));
      // The tiles' callout stands below them; that of the output above it, so that the two never overlap.
      const isAbove = column === last;
      const top = isAbove ? y - ROOM : Math.min(bottom + 14, height - ROOM);
      return html`<p
        class="callout ${isAbove ? 'above' : ''}"
        .style=${`left: ${left}px; top: ${top}px; --tip: ${column.x + column.w / 2 - left}px`}
      >
        ${what}
      </p>`;
    }),
    element,
  );
}
