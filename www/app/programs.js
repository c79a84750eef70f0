// Opening a Keras program: its model, compile and fit with the data that is open. The reader is loaded when it is needed.

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./runner.js').Runner} Runner */
/** @typedef {import('../types.js').Experiment} Experiment */

/** Names of scripts and notebooks. */
const PROGRAM = /\.(py|ipynb)$/i;
/** Number of sentences of the reader that are shown at once. */
const SHOWN = 2;

/** Whether a file is a program, by its name. @param {string} name */
export function isProgram(name) {
  return PROGRAM.test(name);
}

/**
 * Opens a program. Returns an error, or an empty text.
 * @param {string} text
 * @param {Store} store
 * @param {Runner} runner
 */
export async function openProgram(text, store, runner) {
  const { readCode } = await import('../code/read.js');
  const read = readCode(text);
  const said = (/** @type {string} */ severity) =>
    read.messages
      .filter((one) => one.severity === severity)
      .slice(0, SHOWN)
      .map((one) => `Line ${one.line}: ${one.text}`)
      .join(' ')
      // The page has quotation marks for what a program says.
      .replace(/`([^`]*)`/g, '“$1”');
  if (!read.experiment) return said('problem');
  const experiment = withData(read.experiment, store.state.draft);
  // What is not known stands as "?".
  if (JSON.stringify(experiment).includes('"?"')) {
    const [first] = read.from_data;
    if (!first) return said('problem');
    return `What “${first}” is, only the program's own data can say. Write the number in its place.`;
  }
  const why = await runner.replace(experiment, 'Program opened');
  if (!why) store.set({ notice: `Program opened. ${said('problem') || said('warning')}`.trim() });
  return why;
}

/**
 * The experiment of a program with the data, and what the program leaves open, of another one.
 * @param {any} read what the reader found
 * @param {Experiment} draft
 * @returns {Experiment}
 */
function withData({ model, compile, fit }, draft) {
  // The data has its own shape.
  const layers = model.config.layers.filter(
    (/** @type {import('../types.js').ClassConfig} */ { class_name }) =>
      class_name !== 'InputLayer',
  );
  return {
    data: draft.data,
    model: { class_name: 'Sequential', config: { layers } },
    compile: { ...(compile ? {} : draft.compile), loss: draft.compile.loss, ...compile },
    fit: fit ?? draft.fit,
    seed: draft.seed,
  };
}
