# vocabularies of two files, joined and looked up in several ways
words, marks, first = [], [], {}
for line in open('talk.txt'):
    words.append(line.split()[0])
    marks.append(line[-1])
    first[line] = line[0]
everything = words + marks
index = dict(enumerate(sorted(set(words))))
some = everything[1:]
sizes = [8, 8]
model = Sequential()
model.add(Dense(len(everything), input_shape=(len(index),)))
model.add(Dense(len(first)))
model.add(Dense(len(some)))
for size in sizes:
    model.add(Dense(size))
model.compile(loss='mse', optimizer='sgd')
