import keras
from keras.models import Sequential
from keras.layers import Dense

class Classifier(object):
    """Wrapper around a small network."""

    def __init__(self, n_in, n_out, hidden=(32, 16), lr=0.01):
        self.n_in = n_in
        self.hidden = hidden
        self.lr = lr
        self.model = self._build(n_out)

    def _build(self, n_out):
        model = Sequential()
        model.add(keras.layers.Input(shape=(self.n_in,)))
        for h in self.hidden:
            model.add(Dense(h, activation='relu'))
        model.add(Dense(n_out, activation='softmax'))
        model.compile(loss='sparse_categorical_crossentropy',
                      optimizer=keras.optimizers.Adagrad(learning_rate=self.lr), metrics=['accuracy'])
        return model

    def train(self, x, y, epochs=10):
        self.model.fit(x, y, epochs=epochs, batch_size=8)

    def predict(self, x):
        return self.model.predict(x).argmax(axis=-1)

clf = Classifier(4, 3)
clf.train(x_train, y_train, epochs=25)
print(clf.predict(x_test))
