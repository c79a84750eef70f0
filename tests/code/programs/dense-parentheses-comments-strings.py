# strings that look like code must not be read
'''
model = Sequential()
model.add(Dense(999))
'''
from keras.models import Sequential
from keras.layers import Dense, Flatten
doc = "model.fit(X, y, epochs=12345)"
model = Sequential()  # model = Sequential([Dense(1)])
# model.add(Flatten(input_shape=(8, 8)))
model.add(Dense(
    units=32,          # neurons
    # activation='tanh',
    activation="relu", # better
    input_shape=(64,),
))
#model.add(Dense(16))
model.add(Dense(10, activation='softmax'))
model.compile(optimizer='sgd',  # 'adam'
              loss="categorical_crossentropy")
"""
model.fit(X, y, epochs=7)
"""
model.fit(X, y, epochs=8)
