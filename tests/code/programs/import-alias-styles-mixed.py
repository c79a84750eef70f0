import tensorflow.compat.v1 as tf1
from tensorflow import keras as tk
from tensorflow.keras import layers as kl
from tensorflow.python.keras.models import Sequential as Seq
import tensorflow.keras.optimizers as optim
from keras.layers import Dense as FC
Conv = kl.Conv2D
relu = tk.activations.relu
net = Seq()
net.add(kl.InputLayer((20, 20, 1)))
net.add(Conv(4, 3, activation=relu))
net.add(kl.Flatten())
net.add(FC(2, activation='softmax'))
net.compile(optim.SGD(1e-2), tk.losses.categorical_crossentropy)
