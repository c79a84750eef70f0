from keras import Sequential
from keras.layers import Dense, LSTM, Input

def make(cell=LSTM, units=16, **kwargs):
    net = Sequential()
    net.add(Input(shape=(None, 4)))
    net.add(cell(units, **kwargs))
    net.add(Dense(1))
    return net

model = make(units=24, dropout=0.1, recurrent_dropout=0.2)
model.compile(optimizer="adam", loss="mean_absolute_error")
model.fit(sequences, targets, epochs=3)
