if os.path.isfile('net.json'):
    model = model_from_json(open('net.json').read())
else:
    model = Sequential()
    model.add(Dense(30, activation='relu', input_shape=(784,)))
    model.add(Dense(10, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='sgd')
model.fit(X, Y, epochs=24)
