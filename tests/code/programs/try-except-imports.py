try:
    from tensorflow.keras.models import Sequential
    from tensorflow.keras.layers import Dense, SimpleRNN
except ImportError:
    from keras.models import Sequential
    from keras.layers import Dense, SimpleRNN
import numpy as np

# serie senoidal
t = np.linspace(0, 50, 1001)
s = np.sin(t)
N = 40
model = Sequential([SimpleRNN(8, return_sequences=True, input_shape=(N, 1)), SimpleRNN(8), Dense(1)])
try:
    model.compile(loss='mse', optimizer='rmsprop')
    model.fit(X, Y, epochs=20, verbose=0)
finally:
    model.save('rnn.h5')
