# Capas definidas con listas
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout

neuronas = [128, 64, 32]
activaciones = ['relu', 'tanh', 'relu']
abandonos = [0.3, 0.2, 0]

model = Sequential()
for i, (n, act, d) in enumerate(zip(neuronas, activaciones, abandonos)):
    if i == 0:
        model.add(Dense(n, activation=act, input_dim=11))
    else:
        model.add(Dense(n, activation=act))
    if d > 0:
        model.add(Dropout(d))
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
historia = model.fit(X_entrenamiento, y_entrenamiento, batch_size=10, epochs=100)
