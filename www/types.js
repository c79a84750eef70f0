// The shapes of the things that go round: experiment, catalog, run, frame. Types only, no code.

/**
 * A class with its options, in Keras' words.
 * @typedef {{ class_name: string, config: Record<string, any> }} Choice
 */

/**
 * What a person asks for: plain data. The link, the saved file and the run are made from its text.
 * @typedef {object} Experiment
 * @property {Choice} data
 * @property {{ class_name: 'Sequential' | 'Functional', config: { layers: Choice[] } }} model
 * @property {{ optimizer: Choice, loss: Choice, metrics: (string | Choice)[] }} compile
 * @property {Record<string, any>} fit
 * @property {number} seed
 * @property {{ experiment?: Experiment, step?: number, weights?: WeightEdit[] }} [start] where it sets out from
 */

/**
 * Weights set by hand: the path of their array, the first place in it, and what stands from there on.
 * @typedef {{ path: string, at: number, values: number[] }} WeightEdit
 */

/**
 * What is pointed at: a unit of a layer (-1: the input), and the input of it whose weight is meant; as many as
 * there are inputs: its bias.
 * @typedef {{ layer: number, unit: number, from?: number }} Lit
 */

/**
 * One argument that a class takes; the form's field is made from it.
 * @typedef {object} Opt
 * @property {string} name
 * @property {string} label
 * @property {string} [doc] comes after the first picture, as an entry's
 * @property {string} kind 'int', 'ints', 'float', 'floats', 'bool', 'one_of', 'shape', 'text', 'texts',
 *   'class_weights'; 'class' of a family, a 'list' of them, or a 'float' that a class of a family can make
 * @property {string | null} [family] the catalog's list that the class is from
 * @property {boolean} [advanced] it can wait behind "more options"
 * @property {any} [start] what the form of a new class gives it
 * @property {boolean} nullable
 * @property {boolean} [required]
 * @property {any} default
 * @property {number | null} [min]
 * @property {number | null} [max]
 * @property {string[] | null} [choices]
 */

/**
 * One thing that can be chosen.
 * @typedef {object} Entry
 * @property {string} class_name Keras' class
 * @property {string} name Keras' string for it
 * @property {string} label
 * @property {string} [doc] comes after the first picture
 * @property {string} [formula] likewise
 * @property {string | null} [group] of its family
 * @property {Opt[]} options
 * @property {string | null} [asset] file in data/ that the data set needs
 */

/**
 * Everything that can be chosen.
 * @typedef {object} Catalog
 * @property {Entry[]} layers
 * @property {Entry[]} activations
 * @property {Entry[]} initializers
 * @property {Entry[]} regularizers
 * @property {Entry[]} constraints
 * @property {Entry[]} callbacks
 * @property {Entry[]} schedules
 * @property {Entry[]} losses
 * @property {Entry[]} optimizers
 * @property {Entry[]} metrics
 * @property {Entry[]} datasets
 * @property {Opt[]} fit
 */

/**
 * Where one weight array lies.
 * @typedef {{ name: string, path: string, shape: number[], at: number, length: number, trainable: boolean }} Param
 */

/**
 * One layer of a built model: where its activations and weights lie in a frame.
 * @typedef {object} LayerInfo
 * @property {string} name
 * @property {string} class_name
 * @property {string | null} activation
 * @property {number[]} output_shape
 * @property {number[]} inputs indices of the layers whose outputs it takes; -1: the model's input
 * @property {number} n_params
 * @property {number} at
 * @property {number} length
 * @property {Param[]} params
 */

/**
 * What was built for an experiment.
 * @typedef {object} RunInfo
 * @property {number[]} input_shape
 * @property {number} n_outputs
 * @property {number} n_weights
 * @property {number} n_activations
 * @property {number} n_train
 * @property {number} n_validation
 * @property {number} n_test
 * @property {number} n_batches
 * @property {number} first_step batches that another run had done before this one set out
 * @property {number} first_epoch that training begins with, counted from 0
 * @property {number} epochs
 * @property {'binary' | 'multiclass' | 'regression'} task
 * @property {boolean} outputs_are_logits
 * @property {string[]} log_names
 * @property {number[]} log_counts how many numbers Keras logs under each name; of several the page shows the mean
 * @property {LayerInfo[]} layers
 * @property {DataInfo} data
 */

/**
 * @typedef {object} DataInfo
 * @property {string} title
 * @property {{ height: number, width: number } | null} image
 * @property {number[] | null} bounds x0, x1, y0, y1 of 2-D data
 * @property {string[]} feature_names
 * @property {string[]} class_names
 */

/** @typedef {'train' | 'validation' | 'test'} SetName */

/**
 * Rows of one set, copied once when a run is opened.
 * @typedef {{ x: Float32Array, y: Float32Array, n: number }} Rows
 */

/**
 * A run as the worker hands it over when it is opened.
 * @typedef {object} Opened
 * @property {string} text the canonical text
 * @property {RunInfo} info
 * @property {import('../pkg/glassbox.js').Stage[][]} stages how the numbers of each layer are made of others; none for a layer that is shown as a whole
 * @property {string} summary Keras' model.summary()
 * @property {Record<SetName, Rows>} data
 */

/**
 * What a frame shall hold; what nobody looks at is not read.
 * @typedef {object} Wants
 * @property {number} example row of the test set whose activations are shown
 * @property {Float32Array | null} drawing an input that is shown instead of the example
 * @property {number} side side of the response maps; 0: none
 * @property {number} epochs rows of history that the page already has
 * @property {number} batches batch losses that the page already has
 * @property {number} events deeds of callbacks that the page already has
 * @property {boolean} checkpoint
 * @property {boolean} still the run is at rest: add test result and fingerprint
 */

/**
 * The parts of the answer to one call of the worker. The typed arrays lie on one buffer, which
 * goes back to the worker when the next frame is here.
 * @typedef {object} Frame
 * @property {ArrayBuffer} buffer
 * @property {Float32Array} weights
 * @property {Float32Array} activations of the example, or of the drawing
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

/**
 * What a callback did, in an epoch counted from 0. `value`: of what it watches where it kept the best weights so
 * far, the best epoch where it stopped the run or restored weights. `line`: what Keras prints of it.
 * @typedef {{ epoch: number, deed: string, value: number, monitor: string, line: string | null }} CallbackEvent
 */

/**
 * A drawing on its way to the network.
 * @typedef {object} Prepared
 * @property {number[]} box top, left, bottom, right
 * @property {Float32Array} crop
 * @property {number} crop_height
 * @property {number} crop_width
 * @property {Float32Array} input
 * @property {boolean} empty
 */

/**
 * What does not fit although it runs, or what would mend a refused experiment.
 * @typedef {object} Advice
 * @property {string} place where it was chosen
 * @property {string} message why it does not fit; empty where a refusal says so
 * @property {string} change what the button does
 * @property {string} text the experiment after that
 */

/** A refused request, as the page shows it.
 * @typedef {{ place: string, message: string }} Refused
 */

/**
 * A hop of the paths along which a weight reaches the loss: between two units, with its share (and sign) of their sum.
 * @typedef {{ from: Lit, to: Lit, share: number }} Hop
 */

export {};
