from keras.models import Sequential
from keras.layers import LSTM, Bidirectional, Dense, Masking
model = Sequential()
model.add(Masking(mask_value=0., input_shape=(20, 3)))
model.add(Bidirectional(LSTM(50, activation='relu')))
model.add(Dense(1))
model.compile(optimizer='adam', loss='mse')
model.fit(X, y, epochs=200, verbose=0)

# variante : sans masque, jamais compilée
autre = Sequential()
autre.add(Bidirectional(LSTM(50), input_shape=(20, 3)))
autre.add(Dense(1))
