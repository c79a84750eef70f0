#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0 and on JAX 0.10.2: the momentum of Adam never decays to 0 once a gradient has become 0
# (a dead unit, a frozen branch). It stops at 1.13e-37 and stays there for ever.
#
# Adam's moving average is written m <- m + (g - m) (1 - beta_1). Both libraries compute with subnormal numbers flushed to 0, so
# as soon as 0.1 m is below 2^-126 = 1.18e-38, the decrement is 0 and m is its own fixed point, ten times above that limit.
# NumPy, which keeps subnormal numbers, goes on with the same rule, down to a few steps above 0. A check such as
# "momentum == 0 for dead weights" is therefore false on the usual backends, and a state that is compared between backends or
# with an own implementation differs in exactly these places.
#
# Seen, the momentum 600, 800 and 1600 updates after the last gradient:
# "tensorflow 3.5e-32 1.1e-37 1.1e-37", "jax 3.5e-32 1.1e-37 1.1e-37", "numpy 3.5e-32 2.5e-41 5.6e-45".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2
cat > "$folder/momentum.py" <<'PY'
import sys

import numpy as np

AT = (600, 800, 1600)


def keras_adam():
    import keras

    weight = keras.Variable(np.zeros(1, "float32"))
    adam = keras.optimizers.Adam(0.001)
    adam.build([weight])
    for t in range(AT[-1] + 1):
        gradient = np.full(1, 1e-3 if t == 0 else 0.0, "float32")
        adam.apply_gradients([(keras.ops.convert_to_tensor(gradient), weight)])
        if t in AT:
            yield float(keras.ops.convert_to_numpy(adam._momentums[0])[0])


def numpy_adam():
    momentum, rest = np.float32(0.0), np.float32(1.0) - np.float32(0.9)
    for t in range(AT[-1] + 1):
        gradient = np.float32(1e-3 if t == 0 else 0.0)
        momentum = momentum + (gradient - momentum) * rest
        if t in AT:
            yield float(momentum)


name = sys.argv[1]
print(name, *(f"{m:.1e}" for m in (numpy_adam() if name == "numpy" else keras_adam())))
PY
for backend in tensorflow jax numpy; do
  KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 "$folder/env/bin/python" "$folder/momentum.py" "$backend" 2>/dev/null
done | tee "$folder/out"
diff "$folder/out" - <<'EOT'
tensorflow 3.5e-32 1.1e-37 1.1e-37
jax 3.5e-32 1.1e-37 1.1e-37
numpy 3.5e-32 2.5e-41 5.6e-45
EOT
echo "as described"
