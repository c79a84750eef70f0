class Classifier:
    def __init__(self, features, units=20):
        self.model = Sequential([Dense(units, activation='relu', input_shape=(features,)), Dense(1, activation='sigmoid')])
        self.model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])

    def train(self, x, y, epochs=12, batch_size=16):
        self.model.fit(x, y, epochs=epochs, batch_size=batch_size)
