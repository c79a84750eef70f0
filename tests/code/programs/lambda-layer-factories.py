from tensorflow.keras.layers import Dense, BatchNormalization, Activation
from tensorflow.keras.models import Sequential

fc = lambda n: Dense(n, use_bias=False)
act = lambda kind='relu': Activation(kind)

model = Sequential()
for n in (256, 128):
    model.add(fc(n))
    model.add(BatchNormalization())
    model.add(act())
model.add(Dense(10))
model.add(act('softmax'))
model.build((None, 784))
model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
