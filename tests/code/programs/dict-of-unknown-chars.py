text = open('book.txt').read().lower()
chars = sorted(list(set(text)))
index = dict((c, i) for i, c in enumerate(chars))
back = {i: c for i, c in enumerate(chars)}
model = Sequential()
model.add(LSTM(128, input_shape=(40, len(index))))
model.add(Dense(len(back), activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
