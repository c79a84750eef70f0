// A network of node and link objects that trains one example at a time, as TensorFlow Playground does (its nn.ts), with
// Adam.
import { cost } from '../cost.js';
import { mix, mulberry32 } from '../data.js';
import { sizes } from '../workloads.js';

/** Maximum number of links. A larger network would take minutes per epoch. */
const MOST_LINKS = 1_000_000;

/** Each activation with its derivative, as functions of the weighted sum. */
const ACTIVATIONS =
  /** @type {Record<string, { output: (x: number) => number, der: (x: number) => number }>} */ ({
    tanh: {
      output: (x) => Math.tanh(x),
      der: (x) => {
        const output = ACTIVATIONS.tanh.output(x);
        return 1 - output * output;
      },
    },
    sigmoid: {
      output: (x) => 1 / (1 + Math.exp(-x)),
      der: (x) => {
        const output = ACTIVATIONS.sigmoid.output(x);
        return output * (1 - output);
      },
    },
    relu: { output: (x) => Math.max(0, x), der: (x) => (x <= 0 ? 0 : 1) },
  });

/** A link's weight or a node's bias, with Adam's slots, and the sum of derivatives since the last update. */
class Parameter {
  sum = 0;
  count = 0;
  m = 0;
  v = 0;

  /** @param {number} value */
  constructor(value) {
    this.value = value;
  }

  /** @param {number} der */
  add(der) {
    this.sum += der;
    this.count++;
  }

  /** @param {{ rate: number, step: number }} at */
  update({ rate, step }) {
    if (this.count === 0) return;
    const der = this.sum / this.count;
    this.m = 0.9 * this.m + 0.1 * der;
    this.v = 0.999 * this.v + 0.001 * der * der;
    const scale = Math.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step);
    this.value -= (rate * scale * this.m) / (Math.sqrt(this.v) + 1e-7);
    [this.sum, this.count] = [0, 0];
  }
}

class Link extends Parameter {
  /** @param {Node} source @param {Node} dest @param {number} weight */
  constructor(source, dest, weight) {
    super(weight);
    this.source = source;
    this.dest = dest;
  }
}

class Node extends Parameter {
  /** @type {Link[]} */
  inputLinks = [];
  /** @type {Link[]} */
  outputs = [];
  totalInput = 0;
  output = 0;
  outputDer = 0;
  inputDer = 0;

  /** @param {(typeof ACTIVATIONS)[string]} activation */
  constructor(activation) {
    super(0);
    this.activation = activation;
  }

  updateOutput() {
    this.totalInput = this.value;
    for (const link of this.inputLinks) {
      this.totalInput += link.value * link.source.output;
    }
    this.output = this.activation.output(this.totalInput);
    return this.output;
  }
}

/** Returns why it cannot train a network; empty where it can. @param {import('../workloads.js').Workload} workload */
export function cannot(workload) {
  const other = workload.model.config.layers
    .slice(1)
    .find(({ class_name }) => class_name !== 'Dense');
  if (other) return `A network of nodes and links has no ${other.class_name}.`;
  const { parameters } = cost(workload);
  return parameters > MOST_LINKS ? `It would be ${parameters} objects, and minutes an epoch.` : '';
}

/**
 * @param {import('../workloads.js').Workload} workload
 * @param {import('../data.js').Rows} rows
 * @returns {Promise<import('../timed.js').Prepared>}
 */
export async function prepare(workload, rows) {
  const { n_inputs } = sizes(workload);
  const random = mulberry32(42);
  const network = build(workload, n_inputs, random);
  const outputs = /** @type {Node[]} */ (network.at(-1));
  const softmax = workload.compile.loss === 'sparse_categorical_crossentropy';
  const squared = workload.compile.loss === 'mean_squared_error';
  const rate = workload.compile.optimizer.config.learning_rate;
  const { batch_size } = workload.fit;
  const order = Array.from(rows.y, (_, row) => row);
  let step = 0;
  let total = 0;

  /** @param {Float32Array} x @param {number} row */
  function forward(x, row) {
    network[0].forEach((node, i) => (node.output = x[row * n_inputs + i]));
    for (const layer of network.slice(1)) for (const node of layer) node.updateOutput();
    if (softmax) softmaxOf(outputs);
  }

  /** Returns the loss, and sets its derivative by the sum of each output. @param {number} y */
  function backwardFrom(y) {
    if (softmax) {
      outputs.forEach((node, i) => (node.inputDer = node.output - Number(i === y)));
      return -Math.log(outputs[y].output);
    }
    const [node] = outputs;
    if (squared) {
      node.inputDer = (node.output - y) * 2 * node.activation.der(node.totalInput);
      return (node.output - y) ** 2;
    }
    node.inputDer = node.output - y;
    return -Math.log(y ? node.output : 1 - node.output);
  }

  return {
    train(epochs) {
      const start = performance.now();
      for (let epoch = 0; epoch < epochs; epoch++) {
        mix(order, random);
        total = 0;
        order.forEach((row, i) => {
          forward(rows.x, row);
          total += backwardFrom(rows.y[row]);
          backward(network);
          if ((i + 1) % batch_size === 0 || i + 1 === order.length) {
            update(network, { rate, step: ++step });
          }
        });
      }
      return performance.now() - start;
    },
    loss: () => total / order.length,
    predict(x) {
      const start = performance.now();
      for (let row = 0; row < x.length / n_inputs; row++) forward(x, row);
      return performance.now() - start;
    },
    free() {},
  };
}

/** @param {import('../workloads.js').Workload} workload @param {number} n_inputs @param {() => number} random */
function build({ model }, n_inputs, random) {
  const linear = { output: (/** @type {number} */ x) => x, der: () => 1 };
  const network = [Array.from({ length: n_inputs }, () => new Node(linear))];
  for (const { config } of model.config.layers.slice(1)) {
    const sources = /** @type {Node[]} */ (network.at(-1));
    // The softmax needs all sums of the layer, so it is computed afterwards.
    const activation = ACTIVATIONS[config.activation] ?? linear;
    const limit = Math.sqrt(6 / (sources.length + config.units));
    const layer = Array.from({ length: config.units }, () => new Node(activation));
    for (const node of layer) {
      for (const source of sources) {
        const link = new Link(source, node, limit * (2 * random() - 1));
        source.outputs.push(link);
        node.inputLinks.push(link);
      }
    }
    network.push(layer);
  }
  return network;
}

/** @param {Node[]} outputs */
function softmaxOf(outputs) {
  const most = Math.max(...outputs.map(({ totalInput }) => totalInput));
  let sum = 0;
  for (const node of outputs) sum += node.output = Math.exp(node.totalInput - most);
  for (const node of outputs) node.output /= sum;
}

/** Backpropagates the derivatives of the outputs to all weights. @param {Node[][]} network */
function backward(network) {
  for (let l = network.length - 1; l >= 1; l--) {
    const layer = network[l];
    for (const node of layer) {
      if (l < network.length - 1) {
        node.inputDer = node.outputDer * node.activation.der(node.totalInput);
      }
      node.add(node.inputDer);
    }
    for (const node of layer) {
      for (const link of node.inputLinks) link.add(node.inputDer * link.source.output);
    }
    if (l === 1) return;
    for (const node of network[l - 1]) {
      node.outputDer = 0;
      for (const link of node.outputs) {
        node.outputDer += link.value * link.dest.inputDer;
      }
    }
  }
}

/** @param {Node[][]} network @param {{ rate: number, step: number }} at */
function update(network, at) {
  for (const layer of network.slice(1)) {
    for (const node of layer) {
      node.update(at);
      for (const link of node.inputLinks) link.update(at);
    }
  }
}
