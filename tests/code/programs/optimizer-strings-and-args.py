from keras.models import Sequential
from keras.layers import Dense, Input
from keras import optimizers
# ottimizzatore con ritaglio del gradiente
ottimizzatore = optimizers.Adam(learning_rate=0.002, beta_1=0.9, beta_2=0.98, epsilon=1e-9, amsgrad=False, clipnorm=1.0)
rete = Sequential()
rete.add(Input(shape=(3,)))
rete.add(Dense(4, activation='softsign', use_bias=True))
rete.add(Dense(2, activation='hard_sigmoid'))
rete.compile(optimizer=ottimizzatore, loss='hinge')
rete.fit(dati, etichette, epochs=7, initial_epoch=2)
