class Digits:
    def __init__(self):
        if os.path.isfile('net.json'):
            self.model = model_from_json(open('net.json').read())
        else:
            self.model = Sequential()
            self.model.add(Dense(30, activation='relu', input_shape=(784,)))
            self.model.add(Dense(10, activation='softmax'))
        self.model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])

    def train(self, epochs=24):
        self.model.fit(self.X, self.Y, batch_size=128, epochs=epochs)
