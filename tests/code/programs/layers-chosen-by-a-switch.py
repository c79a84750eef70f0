layers = [Dense(12, activation='relu', input_shape=(6,))]
if settings['dropout']:
    layers.append(Dropout(0.3))
layers += [Dense(2, activation='softmax')]
watchers = [EarlyStopping(patience=4)]
if settings['save']:
    watchers.append(ModelCheckpoint('best.keras'))
model = Sequential(layers)
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam')
model.fit(x, y, epochs=30, callbacks=watchers)
