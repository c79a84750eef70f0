import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.activations import linear, relu, sigmoid

tf.random.set_seed(1234)
model = Sequential(
    [
        ### START CODE HERE ###
        tf.keras.Input(shape=(400,)),
        Dense(25, activation=relu, name='L1'),
        Dense(15, activation='relu', name='L2'),
        Dense(10, activation=linear, name='L3'),
        ### END CODE HERE ###
    ]
)
model.compile(
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=tf.keras.optimizers.Adam(0.001),
)
history = model.fit(X, y, epochs=40)
prediction_p = tf.nn.softmax(model.predict(X[1015].reshape(1, 400)))
