"""scikit-learn's classifier of Dense layers, an epoch a `partial_fit`."""

import warnings

import numpy as np
import sklearn
from protocol import PREDICT_BATCH, serve
from sklearn.neural_network import MLPClassifier

ACTIVATIONS = {"relu": "relu", "sigmoid": "logistic", "tanh": "tanh", "linear": "identity"}


def cannot(workload):
    layers = workload["model"]["config"]["layers"][1:]
    for layer in layers:
        if layer["class_name"] != "Dense":
            return f"scikit-learn has no {layer['class_name']}."
    if len({layer["config"]["activation"] for layer in layers[:-1]}) > 1:
        return "scikit-learn has one activation for all hidden layers."
    if workload["compile"]["loss"] == "mean_squared_error":
        return "scikit-learn's MLPRegressor ends with a linear unit."
    return None


def prepare(workload, x, y):
    *hidden, last = [layer["config"] for layer in workload["model"]["config"]["layers"][1:]]
    model = MLPClassifier(
        [layer["units"] for layer in hidden],
        ACTIVATIONS[hidden[0]["activation"]],
        alpha=0,
        batch_size=min(workload["fit"]["batch_size"], len(x)),
        learning_rate_init=workload["compile"]["optimizer"]["config"]["learning_rate"],
        epsilon=1e-7,
        random_state=42,
    )
    classes = np.arange(max(2, last["units"]), dtype=np.float32)

    def train(epochs):
        for _ in range(epochs):
            model.partial_fit(x, y[:, 0], classes=classes)
        return model.loss_

    def predict(x):
        return [model.predict_proba(x[at : at + PREDICT_BATCH]) for at in range(0, len(x), PREDICT_BATCH)]

    return train, predict


warnings.filterwarnings("error", category=RuntimeWarning)
serve(f"scikit-learn {sklearn.__version__}", prepare, cannot)
