text = "abcdefghij"
chars = sorted(list(set(text)))
char_indices = dict((c, i) for i, c in enumerate(chars))
model = Sequential()
model.add(SimpleRNN(32, input_shape=(3, len(chars))))
model.add(Dense(len(char_indices), activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
