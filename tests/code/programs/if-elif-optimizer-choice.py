# Auswahl des Optimierers über eine Variable
from tensorflow import keras
optimierer_name = 'momentum'
lernrate = 0.05
if optimierer_name == 'adam':
    opt = keras.optimizers.Adam(learning_rate=lernrate)
elif optimierer_name == 'momentum':
    opt = keras.optimizers.SGD(learning_rate=lernrate, momentum=0.9, nesterov=True)
else:
    opt = 'sgd'
mit_dropout = False
model = keras.Sequential()
model.add(keras.layers.Dense(20, activation='relu', input_shape=(4,)))
if mit_dropout:
    model.add(keras.layers.Dropout(0.5))
model.add(keras.layers.Dense(3, activation='softmax' if not mit_dropout else 'sigmoid'))
model.compile(optimizer=opt, loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, Y_train, epochs=200, verbose=0)
