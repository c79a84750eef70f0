// A file that is dropped anywhere on the page is opened, as Open does; nothing that is dropped replaces the page.

/** Where a text may be dropped: the browser puts it there. */
const FIELDS = 'input, textarea';

/**
 * @param {(file: File) => void} open
 * @param {() => void} none told when what was dropped is no file
 */
export function takeDrops(open, none) {
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
    else none();
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
