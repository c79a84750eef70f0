from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
model = Sequential()
model.add(Dense(16, activation='relu', input_shape=(8,)))
model.add(Dens(8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
