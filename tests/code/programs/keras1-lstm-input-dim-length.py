# LSTM ile hisse senedi tahmini (eski Keras)
from keras.models import Sequential
from keras.layers.recurrent import LSTM
from keras.layers.core import Dense, Activation, Dropout
model = Sequential()
model.add(LSTM(input_dim=1, output_dim=50, input_length=30, return_sequences=True))
model.add(Dropout(0.2))
model.add(LSTM(100, return_sequences=False))
model.add(Dropout(0.2))
model.add(Dense(output_dim=1))
model.add(Activation('linear'))
model.compile(loss='mse', optimizer='rmsprop')
model.fit(X_train, y_train, batch_size=512, nb_epoch=1, validation_split=0.05)
