from keras.models import Sequential
from keras.layers import Dense, SimpleRNN, GRU
# A
model_a = Sequential()
model_a.add(SimpleRNN(32, input_shape=(None, 10)))
model_a.add(Dense(1))
# B
model_b = Sequential()
model_b.add(GRU(32, input_shape=(None, 10), reset_after=True))
model_b.add(Dense(1))
model_b.compile(optimizer='adam', loss='mae')
