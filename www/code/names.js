// Names of Keras: which there are, how they were called earlier, and which one was perhaps meant.
import signatures from './signatures.json' with { type: 'json' };

/** @typedef {'layers' | 'optimizers' | 'schedules' | 'losses' | 'metrics' | 'callbacks' | 'initializers' | 'regularizers' | 'constraints' | 'activations'} Family */

const { required, ...families } = signatures;

/** The arguments of each class, in their order. */
export const SIGNATURES = /** @type {Record<Family, Record<string, string[]>>} */ (
  /** @type {unknown} */ (
    table(
      Object.fromEntries(
        Object.entries(families).map(([family, classes]) => [family, table(classes)]),
      ),
    )
  )
);

/** The arguments that a layer cannot do without. @type {Record<string, string[]>} */
export const REQUIRED = table(required);

/** A table without the names that every object has. @template {object} T @param {T} entries @returns {T} */
export function table(entries) {
  return Object.assign(Object.create(null), entries);
}

/** @type {Family[]} */
const FAMILIES = /** @type {Family[]} */ (Object.keys(SIGNATURES));

/** Layers that are functions of several tensors. @type {Record<string, string>} */
export const MERGES = table({
  add: 'Add',
  subtract: 'Subtract',
  multiply: 'Multiply',
  average: 'Average',
  maximum: 'Maximum',
  minimum: 'Minimum',
  concatenate: 'Concatenate',
  concat: 'Concatenate',
  dot: 'Dot',
  merge: 'Merge',
});

/** Second names that Keras 3 knows too. @type {Partial<Record<Family, Record<string, string>>>} */
const ALIASES = {
  layers: {
    MaxPool1D: 'MaxPooling1D',
    MaxPool2D: 'MaxPooling2D',
    MaxPool3D: 'MaxPooling3D',
    AvgPool1D: 'AveragePooling1D',
    AvgPool2D: 'AveragePooling2D',
    AvgPool3D: 'AveragePooling3D',
    GlobalMaxPool1D: 'GlobalMaxPooling1D',
    GlobalMaxPool2D: 'GlobalMaxPooling2D',
    GlobalMaxPool3D: 'GlobalMaxPooling3D',
    GlobalAvgPool1D: 'GlobalAveragePooling1D',
    GlobalAvgPool2D: 'GlobalAveragePooling2D',
    GlobalAvgPool3D: 'GlobalAveragePooling3D',
    Convolution1D: 'Conv1D',
    Convolution2D: 'Conv2D',
    Convolution3D: 'Conv3D',
    SeparableConvolution1D: 'SeparableConv1D',
    SeparableConvolution2D: 'SeparableConv2D',
    Convolution2DTranspose: 'Conv2DTranspose',
  },
  activations: { swish: 'silu', hard_swish: 'hard_silu' },
  initializers: {
    normal: 'random_normal',
    uniform: 'random_uniform',
    zero: 'zeros',
    one: 'ones',
  },
  constraints: {
    max_norm: 'MaxNorm',
    non_neg: 'NonNeg',
    unit_norm: 'UnitNorm',
    min_max_norm: 'MinMaxNorm',
  },
  regularizers: {
    l1: 'L1',
    l2: 'L2',
    l1_l2: 'L1L2',
    L1_L2: 'L1L2',
    orthogonal_regularizer: 'OrthogonalRegularizer',
  },
  losses: {
    mse: 'MeanSquaredError',
    mae: 'MeanAbsoluteError',
    mape: 'MeanAbsolutePercentageError',
    msle: 'MeanSquaredLogarithmicError',
    bce: 'BinaryCrossentropy',
    kld: 'KLDivergence',
    kl_divergence: 'KLDivergence',
    log_cosh: 'LogCosh',
    MSE: 'MeanSquaredError',
    MAE: 'MeanAbsoluteError',
    BCE: 'BinaryCrossentropy',
  },
  metrics: { acc: 'accuracy' },
};

/** Names that Keras 3 does not know any more, by family. @type {Partial<Record<Family, Record<string, string>>>} */
const EARLIER = {
  layers: {
    AtrousConvolution1D: 'Conv1D',
    AtrousConvolution2D: 'Conv2D',
    Deconvolution2D: 'Conv2DTranspose',
    CuDNNLSTM: 'LSTM',
    CuDNNGRU: 'GRU',
    TimeDistributedDense: 'Dense',
    BatchNormalizationV1: 'BatchNormalization',
    BatchNormalizationV2: 'BatchNormalization',
    ThresholdedReLU: 'ReLU',
  },
  optimizers: {
    adam: 'Adam',
    sgd: 'SGD',
    rmsprop: 'RMSprop',
    adagrad: 'Adagrad',
    adadelta: 'Adadelta',
    adamax: 'Adamax',
    nadam: 'Nadam',
    RMSProp: 'RMSprop',
    AdamOptimizer: 'Adam',
    GradientDescentOptimizer: 'SGD',
    RMSPropOptimizer: 'RMSprop',
    AdagradOptimizer: 'Adagrad',
    adam_v2: 'Adam',
    gradient_descent_v2: 'SGD',
  },
  losses: {
    kullback_leibler_divergence: 'KLDivergence',
    cosine_proximity: 'CosineSimilarity',
    logcosh: 'LogCosh',
    huber_loss: 'Huber',
  },
  metrics: { cosine_proximity: 'CosineSimilarity' },
  constraints: { maxnorm: 'MaxNorm', nonneg: 'NonNeg', unitnorm: 'UnitNorm' },
  regularizers: { activity_l2: 'L2', activity_l1: 'L1', l1l2: 'L1L2' },
};

/** The name in Keras 3 of a class or function of a family; undefined where there is none. @param {Family} family @param {string} name @returns {string | undefined} */
export function nameIn(family, name) {
  if (Object.hasOwn(SIGNATURES[family], name)) return name;
  for (const table of [ALIASES[family], EARLIER[family]])
    if (table && Object.hasOwn(table, name)) return table[name];
  // Functions in snake case, and strings in any case.
  const found = bySnake(family).get(name.toLowerCase()) ?? bySnake(family).get(snake(name));
  return found;
}

/** Whether Keras 3 refuses a name that earlier versions took. @param {Family} family @param {string} name */
export function isEarlier(family, name) {
  return Object.hasOwn(EARLIER[family] ?? {}, name);
}

/** @param {Family} family @param {string} name */
export function isKnown(family, name) {
  return nameIn(family, name) !== undefined;
}

/** @type {Map<Family, Map<string, string>>} */
const snakes = new Map();

/** Classes by their name in snake case and without any case. @param {Family} family */
function bySnake(family) {
  const kept = snakes.get(family);
  if (kept) return kept;
  const names = Object.keys(SIGNATURES[family]);
  const made = new Map(
    names.flatMap((name) => [
      [snake(name), name],
      [name.toLowerCase(), name],
    ]),
  );
  snakes.set(family, made);
  return made;
}

/** The snake case of a class name: `HeNormal` as `he_normal`, `MeanIoU` as `mean_io_u`. @param {string} name */
export function snake(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * The class of Keras that a name of a program means; undefined where it means none. Classes are resolved by their last name.
 * @param {string[]} path
 * @returns {string | undefined}
 */
export function knownName(path) {
  const last = path[path.length - 1];
  const families = familiesOf(path);
  for (const family of families) {
    if (family === 'activations') continue;
    const isFunction = /^[a-z]/.test(last);
    // `mean_squared_error(a, b)` computes a number, it makes no object.
    if (isFunction && ['losses', 'metrics', 'layers', 'callbacks'].includes(family)) continue;
    if (isFunction && family === 'optimizers' && path.length < 2) continue;
    if (
      isFunction &&
      families.length > 1 &&
      !Object.hasOwn(ALIASES[family] ?? {}, last) &&
      !isEarlier(family, last) &&
      !isInitializer(family, last)
    )
      continue;
    const name = nameIn(family, last);
    if (name) return isEarlier(family, last) || name !== last ? last : name;
  }
  const isLayer = families.length === 1 && families[0] === 'layers';
  // `layers.conv2D`: another case.
  if (isLayer && /[A-Z]/.test(last) && nameIn('layers', last)) return last;
  if (/^[A-Z]/.test(last) && (isLayer || (path.length === 1 && nearest('layers', last))))
    return last;
  return undefined;
}

/** @param {Family} family @param {string} name */
const isInitializer = (family, name) => family === 'initializers' && bySnake(family).has(name);

/** The families that a name may belong to, by the modules in it. @param {string[]} path @returns {Family[]} */
function familiesOf(path) {
  const modules = path.slice(0, -1);
  if (modules.includes('schedules')) return ['schedules'];
  if (modules.includes('train') || modules.includes('adam')) return ['optimizers'];
  const named = FAMILIES.filter((family) => modules.includes(family));
  return named.length > 0 ? named.slice(-1) : FAMILIES;
}

/** The family of a class. @param {string} name @param {string[]} path @returns {Family | undefined} */
export function familyOf(name, path) {
  return familiesOf(path).find((family) => nameIn(family, name) !== undefined);
}

/** Number of letters by which a name may differ from the one that was meant. */
const FAR = 2;

/** The name that was perhaps meant. @param {Family} family @param {string} name @returns {string | undefined} */
export function nearest(family, name) {
  let best;
  let least = FAR + 1;
  for (const other of Object.keys(SIGNATURES[family])) {
    if (Math.abs(other.length - name.length) >= least) continue;
    const far = distance(other.toLowerCase(), name.toLowerCase());
    if (far < least && far < other.length / 2) [best, least] = [other, far];
  }
  return best;
}

/** The name among some that was perhaps meant. @param {string[]} names @param {string} name */
export function nearestOf(names, name) {
  return names.find((other) => distance(other, name) <= Math.min(FAR, other.length / 3));
}

/** Levenshtein's distance. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
