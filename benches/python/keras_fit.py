"""Keras' `fit` on the backend that KERAS_BACKEND names."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
from protocol import PREDICT_BATCH, input_shape, serve

if keras.backend.backend() == "jax":
    import jax

    backend = f"JAX {jax.__version__}"
else:
    import tensorflow

    backend = f"TensorFlow {tensorflow.__version__}"


def prepare(workload, x, y):
    keras.backend.clear_session()
    first = outputs = keras.Input(input_shape(workload))
    for layer in workload["model"]["config"]["layers"][1:]:
        made = keras.layers.deserialize({"module": "keras.layers", "registered_name": None, **layer})
        attends = layer["class_name"] == "MultiHeadAttention"
        outputs = made(outputs, outputs) if attends else made(outputs)
    model = keras.Model(first, outputs)
    optimizer = keras.optimizers.deserialize(workload["compile"]["optimizer"])
    model.compile(optimizer=optimizer, loss=workload["compile"]["loss"])

    def train(epochs):
        return model.fit(x, y, epochs=epochs, verbose=0, **workload["fit"]).history["loss"][-1]

    # More rows at a time than by default, which is faster.
    return train, lambda x: model.predict(x, batch_size=PREDICT_BATCH, verbose=0)


keras.utils.set_random_seed(42)
serve(f"Keras {keras.__version__} on {backend}", prepare)
