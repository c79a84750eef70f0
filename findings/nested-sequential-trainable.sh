#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: Sequential(trainable=False) freezes a model that stands alone, and freezes nothing of
# the same model inside another one.
#
# The constructor stores the flag, but layers that are added afterwards keep trainable=True (the setter
# `model.trainable = False` would pass it on). A model that stands alone asks its own flag and has no trainable weights; a
# model around it asks the layers. The flag is also written to the config as "trainable": false, beside inner layers that
# say true, and survives model_from_json: a reader of saved models that takes the outer flag at its word freezes weights
# that Keras trains.
#
# Seen: "alone: 0 trainable", "inside: 4 trainable, kernel moved: True", "setter: 2 trainable, kernel moved: False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/env/bin/python" - <<'PY' 2>/dev/null | tee "$folder/out"
import keras
import numpy as np


def inner(**more):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], **more)


def around(part):
    model = keras.Sequential([keras.Input((4,)), part, keras.layers.Dense(1)])
    model = keras.models.model_from_json(model.to_json())
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    model.fit(np.ones((4, 4)), np.ones((4, 1)), verbose=0)
    return f"{len(model.trainable_weights)} trainable, kernel moved: {bool((model.get_weights()[0] != before).any())}"


keras.utils.set_random_seed(1)
print(f"alone: {len(inner(trainable=False).trainable_weights)} trainable")
print("inside:", around(inner(trainable=False)))
frozen = inner()
frozen.trainable = False
print("setter:", around(frozen))
PY
diff "$folder/out" - <<'EOT'
alone: 0 trainable
inside: 4 trainable, kernel moved: True
setter: 2 trainable, kernel moved: False
EOT
echo "as described"
