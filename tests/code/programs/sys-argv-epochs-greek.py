# Πρόβλεψη κατανάλωσης ενέργειας
import sys
from keras.models import Sequential
from keras.layers import LSTM, Dense
ΒΗΜΑΤΑ = 48
ΕΠΟΧΕΣ = 5
if len(sys.argv) > 1:
    ΕΠΟΧΕΣ = int(sys.argv[1])
m = Sequential()
m.add(LSTM(16, return_sequences=True, input_shape=(ΒΗΜΑΤΑ, 2), go_backwards=False))
m.add(LSTM(16, activation='tanh', recurrent_activation='sigmoid', unroll=False))
m.add(Dense(24))
m.compile(optimizer='adam', loss='mse')
