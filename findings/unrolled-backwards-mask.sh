#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: `unroll=True` changes the numbers of a recurrent layer that reads a masked sequence
# backwards, and so those of Bidirectional behind an Embedding with mask_zero.
#
# `unroll` is documented as a matter of speed. In the unrolled branch of the TensorFlow backend's `rnn` the list of masks is
# reversed for go_backwards, but the zeros of `zero_output_for_mask` (which Bidirectional sets) are put by the mask as it
# stood: at the wrong end. Weights of a rolled model that is loaded unrolled then predict otherwise.
#
# Seen, for one row whose first step is masked, 1 for each step that counts (backwards: the last output is the first step's):
# "rolled [1.0, 1.0, 1.0, 0.0]", "unrolled [0.0, 1.0, 1.0, 1.0]".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet keras==3.15.1 tensorflow-cpu==2.21.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/env/bin/python" - <<'PY' 2>/dev/null | tee "$folder/out"
import keras
import numpy as np

x = np.ones((1, 4, 1), "float32")
mask = np.array([[False, True, True, True]])
plain = {"kernel_initializer": "ones", "recurrent_initializer": "zeros", "activation": "linear", "return_sequences": True}
for name, unroll in (("rolled", False), ("unrolled", True)):
    layer = keras.layers.SimpleRNN(1, go_backwards=True, zero_output_for_mask=True, unroll=unroll, **plain)
    print(name, np.asarray(layer(x, mask=mask)).ravel().tolist())
    both = keras.layers.Bidirectional(keras.layers.SimpleRNN(1, unroll=unroll, **plain))
    print("bidirectional", name, np.asarray(both(x, mask=mask))[0].tolist())
PY
diff "$folder/out" - <<'EOT'
rolled [1.0, 1.0, 1.0, 0.0]
bidirectional rolled [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
unrolled [0.0, 1.0, 1.0, 1.0]
bidirectional unrolled [[0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 0.0]]
EOT
echo "as described"
