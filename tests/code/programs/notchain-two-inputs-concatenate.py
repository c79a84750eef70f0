# Entrada doble: texto y metadatos
from keras.layers import Input, Dense, LSTM, Embedding, Concatenate
from keras.models import Model
texto = Input(shape=(100,), name='texto')
meta = Input(shape=(5,), name='meta')
h = LSTM(32)(Embedding(10000, 64)(texto))
union = Concatenate()([h, meta])
salida = Dense(1, activation='sigmoid')(union)
modelo = Model(inputs=[texto, meta], outputs=salida)
modelo.compile(optimizer='adam', loss='binary_crossentropy')
modelo.fit([T, M], y, epochs=5)
