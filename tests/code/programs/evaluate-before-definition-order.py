def main():
    net = get_net()
    net.compile(optimizer=OPT, loss=LOSS)
    net.fit(*data(), epochs=E, batch_size=B)

def get_net():
    net = Sequential()
    for n in HIDDEN: net.add(Dense(n, activation=ACT))
    net.add(Dense(1))
    return net

def data():
    import numpy as np
    return np.random.rand(100, 3), np.random.rand(100)

from keras.models import Sequential
from keras.layers import Dense
OPT, LOSS, ACT, E, B = 'adam', 'mse', 'relu', 9, 10
HIDDEN = 5, 4
if __name__ == '__main__': main()
