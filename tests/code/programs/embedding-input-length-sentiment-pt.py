# Análise de sentimentos com LSTM
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.models import Sequential
from keras.layers import Dense, Embedding, LSTM, SpatialDropout1D
import re

dados = pd.read_csv('Sentimento.csv')
dados['texto'] = dados['texto'].apply(lambda x: x.lower())
dados['texto'] = dados['texto'].apply((lambda x: re.sub('[^a-zA-z0-9\s]', '', x)))

max_palavras = 2000
comprimento = 28
tokenizer = Tokenizer(num_words=max_palavras, split=' ')
tokenizer.fit_on_texts(dados['texto'].values)
X = pad_sequences(tokenizer.texts_to_sequences(dados['texto'].values), maxlen=comprimento)

embed_dim = 128
lstm_out = 196
modelo = Sequential()
modelo.add(Embedding(max_palavras, embed_dim, input_length=comprimento))
modelo.add(SpatialDropout1D(0.4))
modelo.add(LSTM(lstm_out, dropout=0.2, recurrent_dropout=0.2))
modelo.add(Dense(2, activation='softmax'))
modelo.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
print(modelo.summary())
lote = 32
modelo.fit(X_treino, Y_treino, epochs=7, batch_size=lote, verbose=2)
