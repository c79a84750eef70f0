// Drag and drop: a file dropped anywhere on the page is opened, as with “Open”. A drop never replaces the page.

/** Elements that accept dropped text. */
const FIELDS = 'input, textarea';

/**
 * Listens to drops on the page.
 * @param {(file: File) => void} open
 * @param {() => void} reject called for a drop that is not a file
 */
export function listenToDrops(open, reject) {
  const { classList } = document.documentElement;
  const end = () => classList.remove('dropping');
  for (const kind of ['dragenter', 'dragover']) {
    document.addEventListener(kind, (event) => {
      const drag = /** @type {DragEvent} */ (event);
      const file = holdsFiles(drag);
      classList.toggle('dropping', file);
      if (!file && isField(drag)) return;
      drag.preventDefault();
      if (drag.dataTransfer) drag.dataTransfer.dropEffect = file ? 'copy' : 'none';
    });
  }
  document.addEventListener('dragleave', (event) => !event.relatedTarget && end());
  document.addEventListener('dragend', end);
  document.addEventListener('drop', (event) => {
    end();
    const file = event.dataTransfer?.files[0];
    if (!file && isField(event)) return;
    event.preventDefault();
    if (file) open(file);
    else reject();
  });
}

/** @param {DragEvent} event */
function holdsFiles({ dataTransfer }) {
  return Boolean(dataTransfer?.types.includes('Files'));
}

/** @param {DragEvent} event */
function isField({ target }) {
  return target instanceof Element && target.matches(FIELDS);
}
