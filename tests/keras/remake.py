"""Makes the numbers of the golden cases again, with real Keras.

    python remake.py cases out        every case of the folder `cases`, remade in the folder `out`
    python remake.py --check cases    compares instead, and prints the largest difference per case

A case file holds its own inputs (model, compile, data, first weights) and what Keras printed for them.
This script reads the inputs and runs Keras 3 on TensorFlow (float32, without oneDNN's reordered sums).
Cases whose reference is JAX (`ref_backend`; README.md says why) are left alone. The function tables are
made by `tables.py`.
"""

import json
import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import keras
import numpy as np

SECTIONS = [
    "pred_init", "grad_step0", "weights_step1", "weights_final", "evaluate_final", "pred_final",
    "history", "steps",
]


def unpack(array):
    """An array of the case files."""
    data = [float(v) if isinstance(v, str) else v for v in array["data"]]
    return np.array(data, array["dtype"]).reshape(array["shape"])


def pack(array, **more):
    """The shortest decimals that read back as the same float32."""
    array = np.asarray(array)
    dtype = "float32" if array.dtype.kind == "f" else str(array.dtype)
    return {**more, "shape": list(array.shape), "dtype": dtype, "data": [number(v) for v in array.ravel()]}


def number(value):
    if np.asarray(value).dtype.kind in "iu":
        return int(value)
    value = np.float32(value)
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return float(str(value))


def made(module, spec):
    """An object of Keras from {"class", "args"}, or a string as it is."""
    if not isinstance(spec, dict):
        return spec
    args = dict(spec.get("args", {}))
    rate = args.get("learning_rate")
    if isinstance(rate, dict):
        schedules = keras.optimizers.schedules
        args["learning_rate"] = getattr(schedules, rate["schedule"])(**rate["args"])
    return getattr(module, spec["class"])(**args)


def build(case):
    model = keras.models.model_from_json(json.dumps(case["model_config"]))
    spec = case["compile"]
    more = {} if spec["optimizer"] == "default" else {"optimizer": made(keras.optimizers, spec["optimizer"])}
    model.compile(
        loss=made(keras.losses, spec["loss"]),
        metrics=[made(keras.metrics, m) for m in spec["metrics"]] or None,
        weighted_metrics=[made(keras.metrics, m) for m in spec["weighted_metrics"]] or None,
        **more,
    )
    model.set_weights([unpack(w) for w in case["weights_init"]])
    return model


def weights(model):
    return [pack(w, path=w.path, trainable=w.trainable) for w in model.weights]


def gradients(model, x, y, sample_weight):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        out = model(x, training=True)
        loss = model.compute_loss(x, y, out, sample_weight, training=True)
    grads = tape.gradient(loss, [v.value for v in model.trainable_weights])
    return [pack(tf.convert_to_tensor(g)) for g in grads]


def callback(spec):
    args = dict(spec.get("args", {}))
    if spec["class"] == "LearningRateScheduler":
        rates = spec["lr_by_epoch"]
        return keras.callbacks.LearningRateScheduler(lambda epoch, _: float(rates[epoch]))
    if spec["class"] == "CSVLogger":
        args["filename"] = os.devnull
    return getattr(keras.callbacks, spec["class"])(**args)


def run(case):
    """The case with all that Keras prints for its inputs."""
    case = dict(case)
    keras.utils.clear_session()  # names count from one
    model = build(case)
    x, y = unpack(case["x"]), unpack(case["y"])
    sample_weight = unpack(case["sample_weight"]) if case.get("sample_weight") else None
    batch = case["batch_size"]
    case["pred_init"] = pack(model.predict(x, batch_size=batch, verbose=0))
    if case["mode"] == "fit":
        fit = dict(case["fit"])
        if "class_weight" in fit:
            fit["class_weight"] = {int(k): v for k, v in fit["class_weight"].items()}
        if case.get("val_x"):
            fit["validation_data"] = (unpack(case["val_x"]), unpack(case["val_y"]))
        history = model.fit(
            x, y, batch_size=batch, sample_weight=sample_weight, shuffle=False, verbose=0,
            callbacks=[callback(c) for c in case.get("callbacks") or []], **fit,
        )
        case["history"] = {
            k: [np.asarray(v).tolist() if np.ndim(v) else number(v) for v in values]
            for k, values in history.history.items()
        }
        case["history_epoch"] = history.epoch
    else:
        first = slice(*case["steps"][0]["rows"])
        part = None if sample_weight is None else sample_weight[first]
        if case.get("grad_step0"):
            case["grad_step0"] = gradients(model, x[first], y[first], part)
        model.set_weights([unpack(w) for w in case["weights_init"]])
        steps = []
        for step in case["steps"]:
            rows = slice(*step["rows"])
            part = None if sample_weight is None else sample_weight[rows]
            model.reset_metrics()
            logs = model.train_on_batch(x[rows], y[rows], sample_weight=part, return_dict=True)
            logs = {k: np.asarray(v).tolist() if np.ndim(v) else number(v) for k, v in logs.items()}
            steps.append({"rows": step["rows"], "logs": logs})
            if len(steps) == 1:
                case["weights_step1"] = weights(model)
        case["steps"] = steps
    case["weights_final"] = weights(model)
    case["iterations"] = int(model.optimizer.iterations)
    evaluated = model.evaluate(x, y, sample_weight=sample_weight, batch_size=batch, verbose=0, return_dict=True)
    case["evaluate_final"] = {k: np.asarray(v).tolist() if np.ndim(v) else number(v) for k, v in evaluated.items()}
    case["pred_final"] = pack(model.predict(x, batch_size=batch, verbose=0))
    case["keras"] = keras.__version__
    return case


def noise(case):
    """How far float32 lies from float64 in this very case: what rounding does to it."""
    wide = json.loads(json.dumps(case).replace('"float32"', '"float64"'))
    keras.config.set_floatx("float64")
    try:
        exact = run(wide)
    finally:
        keras.config.set_floatx("float32")
    return {
        section: {"max_abs": difference({section: case[section]}, exact)}
        for section in SECTIONS
        if case.get(section)
    }


def flat(value):
    """All numbers in a section, in order."""
    if isinstance(value, dict) and "data" in value:
        return flat(value["data"])
    if isinstance(value, dict):
        return [n for key in sorted(value) for n in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [n for item in value for n in flat(item)]
    return [float(value)] if not isinstance(value, str) or value in ("NaN", "Infinity", "-Infinity") else []


def difference(old, new):
    worst = 0.0
    for section in SECTIONS:
        if old.get(section) is None:
            continue
        a, b = np.array(flat(old[section])), np.array(flat(new[section]))
        if a.shape != b.shape:
            return float("inf")
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        worst = max(worst, float(np.max(np.where(same, 0, np.abs(a - b)), initial=0)))
    return worst


def main(arguments):
    check = arguments[0] == "--check"
    folder = arguments[1] if check else arguments[0]
    for name in sorted(os.listdir(folder)):
        case = json.load(open(os.path.join(folder, name)))
        if not isinstance(case, dict) or "model_config" not in case:
            continue
        if case.get("ref_backend") == "jax":
            print(f"{name}: its reference is JAX, left alone")
            continue
        remade = run(case)
        if check:
            print(f"{name}: {difference(case, remade):.1e}", flush=True)
        else:
            os.makedirs(arguments[1], exist_ok=True)
            with open(os.path.join(arguments[1], name), "w") as out:
                json.dump(remade, out, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1:])
