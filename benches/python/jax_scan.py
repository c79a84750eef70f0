"""JAX: an epoch is a compiled scan over its batches, or with convolutions a compiled step a batch."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from protocol import PREDICT_BATCH, input_shape, layers_of, serve

ACTIVATIONS = {"linear": lambda z: z, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}


def dense(options, shape):
    units, activation = options["units"], ACTIVATIONS[options["activation"]]
    shapes = {"kernel": (shape[-1], units), "bias": (units,)}
    return shapes, lambda w, x: activation(x @ w["kernel"] + w["bias"])


def conv(options, shape):
    filters, activation = options["filters"], ACTIVATIONS[options["activation"]]
    shapes = {"kernel": (*options["kernel_size"], shape[-1], filters), "bias": (filters,)}

    def apply(w, x):
        z = lax.conv_general_dilated(x, w["kernel"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return activation(z + w["bias"])

    return shapes, apply


def pool(options, shape):
    (n, height, width, channels), (down, across) = shape, options["pool_size"]
    if height % down or width % across:
        raise ValueError("jax_scan.py pools only what its windows fill.")
    # The gradient of `lax.reduce_window` takes far longer.
    tiles = (-1, height // down, down, width // across, across, channels)
    return {}, lambda w, x: x.reshape(tiles).max((2, 4))


def lstm(options, shape):
    units = options["units"]
    shapes = {"kernel": (shape[-1], 4 * units), "recurrent": (units, 4 * units), "bias": (4 * units,)}

    def apply(w, x):
        def step(state, z):
            h, c = state
            i, f, g, o = jnp.split(z + h @ w["recurrent"], 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zeros = jnp.zeros((x.shape[0], units))
        inputs = x @ w["kernel"] + w["bias"]
        (h, _), _ = lax.scan(step, (zeros, zeros), inputs.swapaxes(0, 1))
        return h

    return shapes, apply


def attention(options, shape):
    heads, size, width = options["num_heads"], options["key_dim"], shape[-1]
    shapes = {"bias_output": (width,), "kernel_output": (heads * size, width)}
    for name in ("query", "key", "value"):
        shapes |= {f"kernel_{name}": (width, heads * size), f"bias_{name}": (heads * size,)}

    def apply(w, x):
        head = lambda name: (x @ w[f"kernel_{name}"] + w[f"bias_{name}"]).reshape(*x.shape[:2], heads, size)
        seen = jax.nn.dot_product_attention(head("query"), head("key"), head("value"))
        return seen.reshape(*x.shape[:2], heads * size) @ w["kernel_output"] + w["bias_output"]

    return shapes, apply


LAYERS = {
    "Dense": dense,
    "Conv2D": conv,
    "MaxPooling2D": pool,
    "Flatten": lambda options, shape: ({}, lambda w, x: x.reshape(x.shape[0], -1)),
    "LSTM": lstm,
    "MultiHeadAttention": attention,
}


def losses(name, z, y):
    """Returns the loss of each example."""
    if name == "mean_squared_error":
        return jnp.square(z - y).mean(-1)
    if name == "binary_crossentropy":
        return jnp.mean(jax.nn.softplus(z) - y * z, -1)
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y.astype(int), 1)[:, 0]


def build(workload, key):
    """Returns the initial weights of all layers, and the function of the network."""
    shape, weights, functions = (1, *input_shape(workload)), [], []
    for class_name, options in layers_of(workload):
        shapes, apply = LAYERS[class_name](options, shape)
        own = {}
        for name, size in shapes.items():
            key, mine = jax.random.split(key)
            own[name] = jnp.zeros(size) if len(size) == 1 else jax.nn.initializers.glorot_uniform()(mine, size)
        weights.append(own)
        functions.append(apply)
        shape = jax.eval_shape(apply, own, jax.ShapeDtypeStruct(shape, jnp.float32)).shape

    def network(weights, x):
        for own, apply in zip(weights, functions):
            x = apply(own, x)
        return x

    return weights, network


def adam(state, gradients, rate):
    weights, m, v, t = state
    t += 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    scaled = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    move = lambda w, m, v: w - scaled * m / (jnp.sqrt(v) + 1e-7)
    return jax.tree.map(move, weights, m, v), m, v, t


def prepare(workload, x, y):
    batch = workload["fit"]["batch_size"]
    rate = workload["compile"]["optimizer"]["config"]["learning_rate"]
    loss = workload["compile"]["loss"]
    weights, network = build(workload, jax.random.key(42))
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), 0.0)
    key = jax.random.key(43)
    x, y = jnp.asarray(x), jnp.asarray(y)

    def step(state, rows, x, y):
        mean = lambda weights: losses(loss, network(weights, x[rows]), y[rows]).mean()
        value, gradients = jax.value_and_grad(mean)(state[0])
        return adam(state, gradients, rate), value * rows.size

    @partial(jax.jit, donate_argnums=0)
    def scanned(state, order, x, y):
        whole = len(x) // batch * batch
        state, totals = lax.scan(lambda s, rows: step(s, rows, x, y), state, order[:whole].reshape(-1, batch))
        if whole == len(x):
            return state, totals.sum()
        state, last = step(state, order[whole:], x, y)
        return state, totals.sum() + last

    one = jax.jit(step, donate_argnums=0)

    def stepped(state, order, x, y):
        total = 0
        for at in range(0, len(x), batch):
            state, value = one(state, order[at : at + batch], x, y)
            total += value
        return state, total

    # XLA's convolutions take up to 60 times as long inside a loop on a CPU (jax-ml/jax, issue 12868).
    convolves = any(class_name == "Conv2D" for class_name, _ in layers_of(workload))
    epoch = stepped if convolves else scanned
    permutation = jax.jit(jax.random.permutation, static_argnums=1)

    def train(epochs):
        nonlocal state, key
        for _ in range(epochs):
            key, mine = jax.random.split(key)
            state, total = epoch(state, permutation(mine, len(x)), x, y)
        return float(total) / len(x)

    forward = jax.jit(network)

    def predict(x):
        return [np.asarray(forward(state[0], x[at : at + PREDICT_BATCH])) for at in range(0, len(x), PREDICT_BATCH)]

    return train, predict


serve(f"JAX {jax.__version__}", prepare)
