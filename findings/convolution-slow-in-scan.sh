#!/usr/bin/env bash
# JAX 0.10.2 on a CPU: the gradient of a convolution's kernel takes dozens of times as long inside lax.scan as outside.
#
# Outside, XLA hands the convolution to a tuned routine; in the body of a loop it falls back to plain loops. An epoch as one
# jitted scan is the fastest way to train small dense networks, so the same code with one Conv2D is an unpleasant surprise: the
# batches are better passed to one jitted step from Python. Nothing warns, and the numbers are the same.
#
# Seen for x (32, 26, 26, 32) and a kernel (3, 3, 32, 64): about 70 ms outside and 2,800 ms inside, on one x86-64 core.
# The check asks for more than 5 times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet jax==0.10.2
cat > "$folder/convolution.py" <<'PY'
import time

import jax
import jax.numpy as jnp

x = jax.random.normal(jax.random.key(0), (32, 26, 26, 32))
kernel = jax.random.normal(jax.random.key(1), (3, 3, 32, 64))
form = jax.lax.conv_dimension_numbers(x.shape, kernel.shape, ("NHWC", "HWIO", "NHWC"))


def loss(kernel, x):
    y = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=form)
    return jnp.mean(y * y)


outside = jax.jit(lambda kernel, batches: jax.grad(loss)(kernel, batches[0]))


@jax.jit
def inside(kernel, batches):
    body = lambda sums, x: (sums + jax.grad(loss)(kernel, x), None)
    return jax.lax.scan(body, jnp.zeros_like(kernel), batches)[0]


def fastest(gradient):
    times = []
    for _ in range(4):
        start = time.perf_counter()
        result = gradient(kernel, batches).block_until_ready()
        times.append(time.perf_counter() - start)
    return min(times), result


batches = jnp.stack([x])
(a, one), (b, other) = fastest(outside), fastest(inside)
same = bool(jnp.allclose(one, other, rtol=1e-4, atol=1e-6))
print(f"outside {1000 * a:.0f} ms, inside {1000 * b:.0f} ms; the same gradient: {same}")
assert same and b > 5 * a
PY
"$folder/env/bin/python" "$folder/convolution.py"
echo "as described"
