from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
iris_model = Sequential()
iris_model.add(Dense(8, input_shape=4, activation='relu'))
iris_model.add(Dense(3, activation='softmax'))
iris_model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
iris_model.fit(X, Y, epochs=200, batch_size=5)
