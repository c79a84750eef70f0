"""PyTorch: eager, with the fused Adam."""

import torch
from protocol import PREDICT_BATCH, input_shape, layers_of, serve
from torch import nn

ACTIVATIONS = {"linear": nn.Identity, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
LOSSES = {
    "mean_squared_error": nn.functional.mse_loss,
    "binary_crossentropy": nn.functional.binary_cross_entropy_with_logits,
    "sparse_categorical_crossentropy": lambda z, y: nn.functional.cross_entropy(z, y[:, 0].long()),
}


class Taking(nn.Module):
    """A layer with a function that calls it."""

    def __init__(self, layer, call):
        super().__init__()
        self.layer, self.call = layer, call

    def forward(self, x):
        return self.call(self.layer, x)


def module(class_name, options, shape):
    if class_name == "Dense":
        return nn.Sequential(nn.Linear(shape[-1], options["units"]), ACTIVATIONS[options["activation"]]())
    if class_name == "Conv2D":
        made = nn.Conv2d(shape[1], options["filters"], options["kernel_size"])
        return nn.Sequential(made, ACTIVATIONS[options["activation"]]())
    if class_name == "MaxPooling2D":
        return nn.MaxPool2d(options["pool_size"])
    if class_name == "Flatten":
        return nn.Flatten()
    if class_name == "LSTM":
        return Taking(nn.LSTM(shape[-1], options["units"], batch_first=True), lambda lstm, x: lstm(x)[0][:, -1])
    heads, size, width = options["num_heads"], options["key_dim"], shape[-1]
    if heads * size != width:
        raise ValueError(f"nn.MultiheadAttention needs {width} numbers in all heads, not {heads * size}.")
    made = nn.MultiheadAttention(width, heads, batch_first=True)
    return Taking(made, lambda attention, x: attention(x, x, x, need_weights=False)[0])


def channels_first(x):
    """PyTorch's images have their channels before rows and columns."""
    x = torch.from_numpy(x)
    return x.movedim(-1, 1).contiguous() if x.dim() == 4 else x


def build(workload, x):
    """Returns the network. Its layers get the shapes that an example of `x` has on its way."""
    modules = []
    x = x[:1]
    for class_name, options in layers_of(workload):
        modules.append(module(class_name, options, x.shape))
        x = modules[-1](x)
    return nn.Sequential(*modules)


def prepare(workload, x, y):
    torch.manual_seed(42)
    x, y = channels_first(x), torch.from_numpy(y)
    model = build(workload, x)
    rate = workload["compile"]["optimizer"]["config"]["learning_rate"]
    optimizer = torch.optim.Adam(model.parameters(), rate, eps=1e-7, fused=True)
    loss = LOSSES[workload["compile"]["loss"]]
    batch = workload["fit"]["batch_size"]

    def train(epochs):
        for _ in range(epochs):
            total = torch.zeros(())
            for rows in torch.randperm(len(x)).split(batch):
                optimizer.zero_grad()
                value = loss(model(x[rows]), y[rows])
                value.backward()
                optimizer.step()
                total += value.detach() * len(rows)
        return total / len(x)

    @torch.inference_mode()
    def predict(x):
        return [model(some) for some in channels_first(x).split(PREDICT_BATCH)]

    return train, predict


torch.set_num_threads(1)
serve(f"PyTorch {torch.__version__}", prepare)
