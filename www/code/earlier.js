// Arguments that earlier versions of Keras took, and what stands for them in Keras 3.
import { table } from './names.js';

/** Arguments of layers by their earlier names. @type {Record<string, string>} */
const LAYERS = table({
  init: 'kernel_initializer',
  inner_init: 'recurrent_initializer',
  inner_activation: 'recurrent_activation',
  W_regularizer: 'kernel_regularizer',
  U_regularizer: 'recurrent_regularizer',
  b_regularizer: 'bias_regularizer',
  W_constraint: 'kernel_constraint',
  U_constraint: 'recurrent_constraint',
  b_constraint: 'bias_constraint',
  dropout_W: 'dropout',
  dropout_U: 'recurrent_dropout',
  bias: 'use_bias',
  border_mode: 'padding',
  subsample: 'strides',
  subsample_length: 'strides',
  stride: 'strides',
  nb_filter: 'filters',
  filter_length: 'kernel_size',
  pool_length: 'pool_size',
  atrous_rate: 'dilation_rate',
  dim_ordering: 'data_format',
  sigma: 'stddev',
  ratio: 'rate',
});

/** The same for one class. @type {Record<string, Record<string, string>>} */
const OF_CLASS = table({
  Dense: { output_dim: 'units', output_size: 'units' },
  LSTM: { output_dim: 'units' },
  GRU: { output_dim: 'units' },
  SimpleRNN: { output_dim: 'units' },
  Dropout: { p: 'rate' },
  SpatialDropout1D: { p: 'rate' },
  SpatialDropout2D: { p: 'rate' },
  GaussianDropout: { p: 'rate' },
  AlphaDropout: { p: 'rate' },
  LeakyReLU: { alpha: 'negative_slope' },
  Embedding: {
    init: 'embeddings_initializer',
    W_regularizer: 'embeddings_regularizer',
    W_constraint: 'embeddings_constraint',
  },
  BatchNormalization: { beta_init: 'beta_initializer', gamma_init: 'gamma_initializer' },
  UpSampling1D: { length: 'size' },
  ReLU: { theta: 'threshold' },
});

/** @param {string} layer @param {string} name */
function ofClass(layer, name) {
  const own = OF_CLASS[layer];
  return own && Object.hasOwn(own, name) ? own[name] : undefined;
}

/** What layers take without naming it in their signature. */
const ALWAYS = ['activity_regularizer', 'zero_output_for_mask', 'data_format'];

/** What Keras 3 ignores or refuses, without a successor. */
const GONE = [
  'consume_less',
  'fused',
  'virtual_batch_size',
  'implementation',
  'dropout_masks',
  'mode',
  'dynamic',
  'autocast',
  'weights',
  'batch_size',
  'input_dtype',
  'time_major',
  'tied_to',
];

/** @typedef {{ name: string, isEarlier: boolean } | { gone: true }} Meant what an argument means now */

/**
 * What an argument of a layer means in Keras 3.
 * @param {string} layer name of the class
 * @param {string} name
 * @param {string[]} signature of the class
 * @returns {Meant | undefined} undefined where Keras has never had it
 */
export function layerArgument(layer, name, signature) {
  if (layer === 'LeakyReLU' && name === 'alpha')
    return { name: 'negative_slope', isEarlier: false };
  if (signature.includes(name) || ALWAYS.includes(name)) return { name, isEarlier: false };
  const own = ofClass(layer, name) ?? LAYERS[name];
  if (own && (signature.includes(own) || own === 'data_format'))
    return { name: own, isEarlier: true };
  return GONE.includes(name) ? { gone: true } : undefined;
}

/** Arguments of optimizers. @type {Record<string, string>} */
const OPTIMIZERS = table({
  lr: 'learning_rate',
  epsilon: 'epsilon',
  beta1: 'beta_1',
  beta2: 'beta_2',
});

/**
 * @param {string} name
 * @param {string[]} signature
 * @returns {Meant | undefined}
 */
export function optimizerArgument(name, signature) {
  if (signature.includes(name)) return { name, isEarlier: false };
  const own = OPTIMIZERS[name];
  if (own) return { name: own, isEarlier: true };
  return ['decay', 'schedule_decay', 'use_locking', 'initial_decay'].includes(name)
    ? { gone: true }
    : undefined;
}

/** Arguments of `fit`. @type {Record<string, string>} */
export const FIT = table({
  nb_epoch: 'epochs',
});

/** Arguments of `fit` that counted samples, and those that count batches. @type {Record<string, string>} */
export const COUNTED = table({
  samples_per_epoch: 'steps_per_epoch',
  nb_val_samples: 'validation_steps',
});

/** Names of logs. @param {string} name */
export function logName(name) {
  return name.replace(/(^|_)acc$/, '$1accuracy');
}
