from sklearn.datasets import load_wine
from sklearn.preprocessing import LabelBinarizer
import keras
from keras import layers

data = load_wine()
X, y = data.data, LabelBinarizer().fit_transform(data.target)
n_features = X.shape[1]
n_classes = y.shape[1]

model = keras.Sequential([
    keras.Input((n_features,)),
    layers.Dense(32, "relu"),
    layers.Dense(n_classes, "softmax"),
])
model.compile(optimizer="nadam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=60, batch_size=16, validation_split=0.25, shuffle=True)
