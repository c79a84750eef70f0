# Recherche d'hyperparamètres à la main
from itertools import product
import keras
from keras import layers

def creer(unites, taux):
    m = keras.Sequential([keras.Input((15,)), layers.Dense(unites, activation='relu'), layers.Dropout(taux), layers.Dense(1)])
    m.compile(optimizer='adam', loss='mse')
    return m

meilleur = float('inf')
for unites in (10, 20):
    for taux in (0.1, 0.5):
        m = creer(unites, taux)
        h = m.fit(X, y, epochs=5, verbose=0, validation_split=0.2)
        perte = h.history['val_loss'][-1]
        if perte < meilleur:
            meilleur, choix = perte, (unites, taux)
print('meilleur choix :', choix)
