from keras.models import Sequential
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.core import Activation, Flatten, Dense

class LeNet:
	@staticmethod
	def build(numChannels, imgRows, imgCols, numClasses, activation="relu", weightsPath=None):
		model = Sequential()
		inputShape = (imgRows, imgCols, numChannels)
		model.add(Conv2D(20, 5, padding="same", input_shape=inputShape))
		model.add(Activation(activation))
		model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
		model.add(Conv2D(50, 5, padding="same"))
		model.add(Activation(activation))
		model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
		model.add(Flatten())
		model.add(Dense(500))
		model.add(Activation(activation))
		model.add(Dense(numClasses))
		model.add(Activation("softmax"))
		if weightsPath is not None:
			model.load_weights(weightsPath)
		return model

model = LeNet.build(1, 28, 28, 10)
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
