// The page's own types. Those of what comes from the engine are declared in Rust (src/wasm/types.rs). Types only, no code.

/** @typedef {import('../pkg/glassbox.js').ClassConfig} ClassConfig */
/** @typedef {import('../pkg/glassbox.js').Experiment} Experiment */
/** @typedef {import('../pkg/glassbox.js').WeightEdit} WeightEdit */
/** @typedef {import('../pkg/glassbox.js').ParamInfo} Param */
/** @typedef {import('../pkg/glassbox.js').LayerInfo} LayerInfo */
/** @typedef {import('../pkg/glassbox.js').RunInfo} RunInfo */
/** @typedef {import('../pkg/glassbox.js').DataInfo} DataInfo */
/** @typedef {import('../pkg/glassbox.js').SetName} SetName */
/** @typedef {import('../pkg/glassbox.js').CallbackEvent} CallbackEvent */
/** @typedef {import('../pkg/glassbox.js').Prepared} Prepared */
/** @typedef {import('../pkg/glassbox.js').Advice} Advice */
/** @typedef {import('../pkg/glassbox.js').Trace} Trace */
/** @typedef {import('../pkg/glassbox.js').Stage} Stage */
/** @typedef {import('../pkg/glassbox.js').Program} Program */

/**
 * What is pointed at: a unit of a layer (-1: the input), and the input of it whose weight is meant; as many as
 * there are inputs: its bias.
 * @typedef {{ layer: number, unit: number, from?: number }} UnitRef
 */

/**
 * One argument that a class takes; the form's field is made from it.
 * @typedef {object} OptionSpec
 * @property {string} name
 * @property {string} label
 * @property {string} doc
 * @property {string} kind 'int', 'ints', 'float', 'floats', 'bool', 'one_of', 'shape', 'text', 'texts',
 *   'class_weights'; 'class' of a family, a 'list' of them, or a 'float' that a class of a family can make
 * @property {string | null} [family] the catalog's list that the class is from
 * @property {boolean} [advanced] it can wait behind "more options"
 * @property {unknown} [start] initial value in the form of a newly selected class; absent: the default
 * @property {boolean} nullable
 * @property {boolean} [required]
 * @property {unknown} default
 * @property {number | null} [min]
 * @property {number | null} [max]
 * @property {string[] | null} [choices]
 */

/**
 * One thing that can be chosen.
 * @typedef {object} ClassSpec
 * @property {string} class_name Keras' class
 * @property {string} name Keras' string for it
 * @property {string} label
 * @property {string} doc
 * @property {string} formula
 * @property {string | null} [group] of its family
 * @property {OptionSpec[]} options
 * @property {string | null} [asset] file in data/ that the data set needs
 */

/**
 * Everything that can be chosen.
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
 * Rows of one set, copied once when a run is opened.
 * @typedef {{ x: Float32Array, y: Float32Array, n: number }} Rows
 */

/**
 * A run as the worker hands it over when it is opened.
 * @typedef {object} Opened
 * @property {string} text the canonical text
 * @property {Experiment} experiment the same as plain data; nothing changes it
 * @property {RunInfo} info
 * @property {string} summary Keras' model.summary()
 * @property {Record<SetName, Rows>} data
 */

/**
 * The parts of a frame that are wanted; other parts are not read.
 * @typedef {object} FrameOptions
 * @property {number} example row of the test set whose activations are shown
 * @property {Float32Array | null} drawing an input that is shown instead of the example
 * @property {number} side side of the response maps; 0: none
 * @property {number} epochs rows of history that the page already has
 * @property {number} batches batch losses that the page already has
 * @property {number} events actions of callbacks that the page already has
 * @property {boolean} checkpoint
 * @property {boolean} evaluate the run is at rest: add test result and fingerprint
 */

/**
 * The parts of the answer to one call of the worker. The typed arrays lie on one buffer, which
 * goes back to the worker when the next frame is here.
 * @typedef {object} Frame
 * @property {ArrayBuffer} buffer
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
 * @property {{ from: number, rows: Float64Array }} newEpochs
 * @property {{ from: number, losses: Float32Array }} newBatches
 * @property {{ from: number, events: CallbackEvent[] }} newEvents
 * @property {Uint8Array | undefined} checkpoint
 * @property {number[] | undefined} test loss and metrics on the test set
 * @property {string | undefined} hash
 */

/**
 * Numbers of a run so far, gathered from its frames.
 * @typedef {object} History
 * @property {string[]} names columns of a row
 * @property {number[][]} epochs one row per finished epoch
 * @property {number[]} batches loss of each batch
 * @property {CallbackEvent[]} events what callbacks did
 */

/** An error in the draft, as the page shows it. @typedef {{ path: string, message: string }} DraftError */

/**
 * A hop of the paths along which a weight reaches the loss: between two units, with its share (and sign) of their sum.
 * @typedef {{ from: UnitRef, to: UnitRef, share: number }} PathEdge
 */

export {};
