// The headings above the columns of the picture.

/**
 * Draws the headings.
 * @param {HTMLElement} element
 * @param {import('../picture/layout.js').Column[]} columns
 * @param {(ref: import('../types.js').UnitRef | null) => void} light highlights the layer of the hovered heading
 */
export function headings(element, columns, light) {
  let end = 0;
  element.replaceChildren(
    ...columns.map(({ x, w, title, note, layer }, i) => {
      const head = document.createElement('div');
      head.className = 'head';
      const before = i > 0 ? x - (columns[i - 1].x + columns[i - 1].w) : 40;
      const after = i < columns.length - 1 ? columns[i + 1].x - x - w : 80;
      const room = Math.max(44, w + Math.min(before, after) - 6);
      head.classList.toggle('tight', room < 62);
      const long = 5.9 * Math.max(note.length, 1.2 * title.length) > room;
      head.classList.toggle('long', long);
      const left = Math.max(0, x + w / 2 - room / 2);
      head.style.left = `${left}px`;
      head.style.width = `${room}px`;
      // Headings that would overlap their left neighbour are hidden.
      const over = left < end - 12;
      if (over) head.style.visibility = 'hidden';
      else end = left + room;
      const [name, small] = [document.createElement('b'), document.createElement('span')];
      name.textContent = long ? title.replaceAll('_', '_\u200b') : title;
      small.textContent = note;
      head.append(name, small);
      if (layer >= 0) {
        head.addEventListener('pointerenter', () => light({ layer, unit: -1 }));
        head.addEventListener('pointerleave', () => light(null));
      }
      return head;
    }),
  );
}
