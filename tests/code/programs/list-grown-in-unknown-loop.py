labels = []
for folder in os.listdir('train'):
    labels.append(folder)
letters = set()
for line in open('words.txt'):
    for letter in line:
        if letter not in letters:
            letters.add(letter)
index = {}
for word in words:
    index[word] = len(index) + 1
count = 0
for line in lines:
    count += 1
model = Sequential()
model.add(Embedding(len(index) + 1, 8))
model.add(Dense(len(letters)))
model.add(Dense(count))
model.add(Dense(len(labels), activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
