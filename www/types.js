// The types of the page. The types of values from the engine are declared in Rust (src/wasm/types.rs).

/** @typedef {import('../pkg/glassbox.js').ClassConfig} ClassConfig */
/** @typedef {import('../pkg/glassbox.js').Experiment} Experiment */
/** @typedef {import('../pkg/glassbox.js').WeightEdit} WeightEdit */
/** @typedef {import('../pkg/glassbox.js').ParamInfo} Param */
/** @typedef {import('../pkg/glassbox.js').LayerInfo} LayerInfo */
/** @typedef {import('../pkg/glassbox.js').RunInfo} RunInfo */
/** @typedef {import('../pkg/glassbox.js').DataInfo} DataInfo */
/** @typedef {import('../pkg/glassbox.js').SetName} SetName */
/** @typedef {import('../pkg/glassbox.js').CallbackEvent} CallbackEvent */
/** @typedef {import('../pkg/glassbox.js').EpochRows} EpochRows */
/** @typedef {import('../pkg/glassbox.js').BatchLosses} BatchLosses */
/** @typedef {import('../pkg/glassbox.js').Prepared} Prepared */
/** @typedef {import('../pkg/glassbox.js').Advice} Advice */
/** @typedef {import('../pkg/glassbox.js').Trace} Trace */
/** @typedef {import('../pkg/glassbox.js').Stage} Stage */
/** @typedef {import('../pkg/glassbox.js').Program} Program */

/**
 * A unit of a layer, or one of its weights. `layer`: -1 is the input; `unit`: -1 is the whole layer; `from`: index of
 * the weight's input, or the number of inputs for the bias.
 * @typedef {{ layer: number, unit: number, from?: number }} UnitRef
 */

/**
 * One argument of a class. The form renders a field for it.
 * @typedef {object} OptionSpec
 * @property {string} name
 * @property {string} label
 * @property {string} doc
 * @property {string} kind 'int', 'ints', 'float', 'floats', 'bool', 'one_of', 'shape', 'text', 'texts',
 *   'class_weights'; 'class' of a family, a 'list' of them, or a 'float' that a class of a family can make
 * @property {string | null} [family] list of the catalog that contains the class
 * @property {boolean} [advanced] whether the form shows it behind "more options"
 * @property {unknown} [start] initial value in the form of a newly selected class; absent: the default
 * @property {boolean} nullable
 * @property {boolean} [required]
 * @property {unknown} default
 * @property {number | null} [min]
 * @property {number | null} [max]
 * @property {string[] | null} [choices]
 */

/**
 * A class of the catalog.
 * @typedef {object} ClassSpec
 * @property {string} class_name Keras' class
 * @property {string} name Keras' string for it
 * @property {string} label
 * @property {string} doc
 * @property {string} formula
 * @property {string | null} [group] of its family
 * @property {OptionSpec[]} options
 * @property {string | null} [asset] file in data/ with the data set
 */

/**
 * All classes and the arguments of `fit`.
 * @typedef {object} Catalog
 * @property {ClassSpec[]} layers
 * @property {ClassSpec[]} activations
 * @property {ClassSpec[]} initializers
 * @property {ClassSpec[]} regularizers
 * @property {ClassSpec[]} constraints
 * @property {ClassSpec[]} callbacks
 * @property {ClassSpec[]} schedules
 * @property {ClassSpec[]} losses
 * @property {ClassSpec[]} optimizers
 * @property {ClassSpec[]} metrics
 * @property {ClassSpec[]} datasets
 * @property {OptionSpec[]} fit
 */

/**
 * Rows of one set, copied once when a run is opened. Inputs that are bytes are divided by `scale`: see `inputOf`.
 * @typedef {{ x: Float32Array | Uint8Array, y: Float32Array, n: number, scale: number }} Rows
 */

/**
 * A newly opened run, as the worker returns it.
 * @typedef {object} Opened
 * @property {string} text the canonical text
 * @property {Experiment} experiment the same as plain data, never modified
 * @property {RunInfo} info
 * @property {string} summary Keras' model.summary()
 * @property {Record<SetName, Rows>} data
 */

/**
 * The parts of a frame that the page requests.
 * @typedef {object} FrameOptions
 * @property {number} example row of the shown set whose activations are read
 * @property {Float32Array | null} drawing an input that is shown instead of the example
 * @property {number} side side of the response maps; 0: none
 * @property {number} epochs number of finished epochs that the page knows
 * @property {number} batches number of batches that the page knows
 * @property {number} events number of callback events that the page already has
 * @property {boolean} checkpoint
 * @property {boolean} evaluate whether to add the test result and the fingerprint, for a paused run
 */

/**
 * The state of a run for drawing. The buffers of its typed arrays return to the worker when a later frame has replaced them.
 * @typedef {object} Frame
 * @property {ArrayBuffer[]} buffers
 * @property {Float32Array} weights
 * @property {Float32Array} activations of the example, or of the drawing
 * @property {Float32Array} answer outputs for the example as probabilities, where the loss takes logits
 * @property {Float32Array} predictions on the test set
 * @property {Float32Array} grid response map of each unit, top row first
 * @property {number} side
 * @property {number} example
 * @property {boolean} drawn activations are those of the drawing
 * @property {number} steps
 * @property {number} epochs
 * @property {number} batch
 * @property {boolean} done
 * @property {string | undefined} trouble
 * @property {number} [trainedMs] milliseconds of training in the call that made the frame
 * @property {EpochRows} newEpochs
 * @property {BatchLosses} newBatches
 * @property {{ from: number, events: CallbackEvent[] }} newEvents
 * @property {Uint8Array | undefined} checkpoint
 * @property {number} checkpointMs milliseconds that it took
 * @property {number[] | undefined} test loss and metrics on the test set
 * @property {string | undefined} hash
 */

/**
 * A frame as the worker reads it. While the network trains, an array may be missing: then that of the frame before still counts.
 * @typedef {Omit<Frame, 'weights' | 'activations' | 'predictions' | 'grid'> & { weights?: Float32Array, activations?: Float32Array, predictions?: Float32Array, grid?: Float32Array }} ReadFrame
 */

/**
 * The numbers of a run so far, collected from its frames: of a long run as many as the engine keeps.
 * @typedef {object} History
 * @property {string[]} names columns of a row
 * @property {number[]} at number of the epoch of each row, counted from 1
 * @property {number[][]} epochs one row per kept epoch
 * @property {{ at: number[], losses: number[] }} batches number of each kept batch, counted from 1, and its loss
 * @property {CallbackEvent[]} events actions of callbacks
 */

/** An error of the draft and the path of its option. @typedef {{ path: string, message: string }} DraftError */

/**
 * An edge between two units on the paths from a weight to the loss, with its signed share of the gradient.
 * @typedef {{ from: UnitRef, to: UnitRef, share: number }} PathEdge
 */

export {};
