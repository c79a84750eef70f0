// The initial experiment of each data set: a network that learns it within seconds. The engine validates every
// experiment. A data set without a preset keeps the current network.

/** @typedef {import('../types.js').Experiment} Experiment */

/** @typedef {[units: number, activation: string]} Dense */

/**
 * @typedef {object} Preset
 * @property {Dense[]} layers
 * @property {string} loss
 * @property {boolean} [from_logits]
 * @property {string[]} [metrics] accuracy where absent
 * @property {number} learning_rate
 * @property {number} epochs
 */

/** @type {Record<string, Preset>} */
const PRESETS = {
  // The first two are those of the lesson.
  Digits01: { ...binary([25, 15], 'sigmoid'), learning_rate: 0.001, epochs: 20 },
  Digits: {
    layers: [
      [25, 'relu'],
      [15, 'relu'],
      [10, 'linear'],
    ],
    loss: 'SparseCategoricalCrossentropy',
    from_logits: true,
    learning_rate: 0.001,
    epochs: 40,
  },
  Circle: { ...binary([4], 'tanh'), learning_rate: 0.03, epochs: 60 },
  Xor: { ...binary([4], 'tanh'), learning_rate: 0.03, epochs: 60 },
  Gaussians: { ...binary([2], 'tanh'), learning_rate: 0.03, epochs: 40 },
  Spiral: { ...binary([12, 8], 'tanh'), learning_rate: 0.02, epochs: 200 },
  Moons: { ...binary([6], 'tanh'), learning_rate: 0.03, epochs: 80 },
  Blobs: {
    layers: [
      [2, 'relu'],
      [4, 'linear'],
    ],
    loss: 'SparseCategoricalCrossentropy',
    from_logits: true,
    learning_rate: 0.01,
    epochs: 200,
  },
  CoffeeRoasting: { ...binary([3], 'sigmoid'), learning_rate: 0.03, epochs: 150 },
  SineCurve: { ...regression([12], 'tanh'), learning_rate: 0.03, epochs: 200 },
  Quadratic: { ...regression([6], 'relu'), learning_rate: 0.03, epochs: 100 },
  Saddle: { ...regression([8], 'tanh'), learning_rate: 0.03, epochs: 100 },
};

/**
 * A preset for binary classification.
 * @param {number[]} hidden
 * @param {string} activation
 */
function binary(hidden, activation) {
  /** @type {Dense[]} */
  const layers = [...hidden.map((n) => /** @type {Dense} */ ([n, activation])), [1, 'sigmoid']];
  return { layers, loss: 'BinaryCrossentropy' };
}

/**
 * A preset for regression: one linear output.
 * @param {number[]} hidden
 * @param {string} activation
 */
function regression(hidden, activation) {
  /** @type {Dense[]} */
  const layers = [...hidden.map((n) => /** @type {Dense} */ ([n, activation])), [1, 'linear']];
  return { layers, loss: 'MeanSquaredError', metrics: ['mae'] };
}

/**
 * Returns the initial experiment of a data set.
 * @param {string} className
 * @param {number} seed
 * @param {Experiment} [before] experiment to keep where there is no preset
 * @returns {Experiment}
 */
export function preset(className, seed, before) {
  const data = { class_name: className, config: {} };
  const start = PRESETS[className];
  if (!start) return { ...(before ?? preset('Digits01', seed)), data };
  const { layers, loss, from_logits, metrics = ['accuracy'], learning_rate, epochs } = start;
  return {
    data,
    model: {
      class_name: 'Sequential',
      config: {
        layers: layers.map(([units, activation]) => ({
          class_name: 'Dense',
          config: { units, activation },
        })),
      },
    },
    compile: {
      optimizer: { class_name: 'Adam', config: { learning_rate } },
      loss: { class_name: loss, config: from_logits ? { from_logits } : {} },
      metrics,
    },
    fit: { epochs, batch_size: 32, validation_split: 0.2, shuffle: true },
    seed,
  };
}

/**
 * A network template for image data: all layers before the output layer.
 * @typedef {object} Network
 * @property {string} label
 * @property {(image: { height: number, width: number }) => import('../types.js').ClassConfig[]} hidden
 * @property {number} learning_rate
 * @property {number} epochs
 */

/** @type {Record<string, Network>} */
const NETWORKS = {
  cnn: {
    label: 'CNN (convolution and pooling)',
    hidden: ({ height, width }) => [
      { class_name: 'Reshape', config: { target_shape: [height, width, 1] } },
      { class_name: 'Conv2D', config: { filters: 8, kernel_size: 5, activation: 'relu' } },
      { class_name: 'MaxPooling2D', config: {} },
      { class_name: 'Flatten', config: {} },
    ],
    learning_rate: 0.002,
    epochs: 10,
  },
  lstm: {
    label: 'LSTM (reads the image row by row)',
    hidden: ({ height, width }) => [
      { class_name: 'Reshape', config: { target_shape: [height, width] } },
      { class_name: 'LSTM', config: { units: 16 } },
    ],
    learning_rate: 0.01,
    epochs: 10,
  },
};

/** Name of the template whose output layer is a softmax, where the default one has logits. */
const SOFTMAX = 'softmax';

/**
 * Returns the network templates for a data set.
 * @param {import('../types.js').DataInfo | undefined} data
 * @returns {{ name: string, label: string }[]}
 */
export function networks(data) {
  const own = { name: '', label: 'dense layers (default for this data set)' };
  const others = Object.entries(NETWORKS).map(([name, { label }]) => ({ name, label }));
  const softmax = { name: SOFTMAX, label: 'dense layers with a softmax output' };
  return [
    own,
    ...((data?.class_names.length ?? 0) > 2 ? [softmax] : []),
    ...(data?.image ? others : []),
  ];
}

/**
 * Returns the experiment with the layers of a template, and with the same data and seed.
 * @param {Experiment} draft
 * @param {string} name from {@link networks}
 * @param {{ height: number, width: number } | null | undefined} image
 * @returns {Experiment}
 */
export function withNetwork(draft, name, image) {
  const own = { ...preset(draft.data.class_name, draft.seed, draft), data: draft.data };
  if (name === SOFTMAX) return withSoftmax(own);
  const network = NETWORKS[name];
  if (!network || !image) return own;
  const { hidden, learning_rate, epochs } = network;
  const answer = own.model.config.layers.slice(-1);
  const optimizer = { class_name: 'Adam', config: { learning_rate } };
  return {
    ...own,
    model: { class_name: 'Sequential', config: { layers: [...hidden(image), ...answer] } },
    compile: { ...own.compile, optimizer },
    fit: { ...own.fit, epochs },
  };
}

/** The experiment with a softmax in the last layer, and a loss of probabilities in place of logits. @param {Experiment} own */
function withSoftmax(own) {
  const { layers } = own.model.config;
  const last = layers[layers.length - 1];
  const output = { ...last, config: { ...last.config, activation: 'softmax' } };
  return {
    ...own,
    model: {
      ...own.model,
      config: { ...own.model.config, layers: [...layers.slice(0, -1), output] },
    },
    compile: {
      ...own.compile,
      loss: { class_name: 'SparseCategoricalCrossentropy', config: { from_logits: false } },
    },
  };
}

/** The experiment of a first visit: the zeros and ones of the lesson. */
export const FIRST = preset('Digits01', 42);
