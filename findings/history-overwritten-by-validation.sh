#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: in History, the training values of a count with several thresholds (TruePositives,
# FalsePositives, ...) are those of the validation data.
#
# The metric's result is its state, handed out without a copy. Validation resets the same state and counts on, and what
# History holds for the training rows of that epoch changes with it. With one threshold, or without validation, the values
# are right. CSVLogger writes the same wrong ones, and no warning is given.
#
# Seen: four positive training rows, of which 4 and 3 are above 0.2 and 0.8; one validation row with neither:
# "without validation [4.0, 3.0]", "with validation [0.0, 0.0]", "one threshold, with validation 4.0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/env/bin/python" - <<'PY' 2>/dev/null | tee "$folder/out"
import keras
import numpy as np

x, y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.ones((4, 1))
validation = (np.array([[-9.0]]), np.ones((1, 1)))


def logged(thresholds, **more):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid", kernel_initializer="ones")])
    metric = keras.metrics.TruePositives(thresholds=thresholds, name="tp")
    model.compile("sgd", "binary_crossentropy", metrics=[metric])
    return np.asarray(model.fit(x, y, verbose=0, **more).history["tp"][0]).tolist()


print("without validation", logged([0.2, 0.8]))
print("with validation", logged([0.2, 0.8], validation_data=validation))
print("one threshold, with validation", logged(0.2, validation_data=validation))
PY
diff "$folder/out" - <<'EOT'
without validation [4.0, 3.0]
with validation [0.0, 0.0]
one threshold, with validation 4.0
EOT
echo "as described"
