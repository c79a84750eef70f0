model = Sequential()
model.add(Input(shape=(4, 4)))
if first_flat:
    model.add(Flatten())
model.add(Dense(3))
if not first_flat:
    model.add(Flatten())
model.add(Dense(1))
