from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import RandomizedSearchCV
import keras

def get_model(hidden=50, activation="relu"):
    net = keras.Sequential()
    net.add(keras.layers.Input(shape=(20,)))
    net.add(keras.layers.Dense(hidden, activation=activation))
    net.add(keras.layers.Dense(1, activation="sigmoid"))
    net.compile(optimizer="adam", loss="binary_crossentropy")
    return net

clf = KerasClassifier(model=get_model, hidden=100, verbose=0)
search = RandomizedSearchCV(clf, {"optimizer__learning_rate": [0.05, 0.1]}, n_iter=2)
