words, classes = [], []
for intent in json.load(open('talk.json'))['intents']:
    for pattern in intent['patterns']:
        words.extend(nltk.word_tokenize(pattern))
        if intent['tag'] not in classes:
            classes.append(intent['tag'])
words = sorted(set(stem(w) for w in words if w not in ['?', '!']))
model = Sequential()
model.add(Dense(128, input_shape=(len(words),), activation='relu'))
model.add(Dense(len(classes), activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
model.fit(train_x, train_y, epochs=200, batch_size=5)
