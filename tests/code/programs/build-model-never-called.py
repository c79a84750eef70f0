from tensorflow.keras import Sequential, layers

def build_model(units=32, rate=0.3):
    """Small classifier for 20 sensor values."""
    model = Sequential()
    model.add(layers.Dense(units, activation='relu', input_shape=(20,)))
    model.add(layers.Dropout(rate))
    model.add(layers.Dense(units // 2, activation='relu'))
    model.add(layers.Dense(3, activation='softmax'))
    model.compile('adam', 'categorical_crossentropy')
    return model
