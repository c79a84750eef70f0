from keras.models import Sequential
from keras.layers import Conv2D, MaxPool2D, Dropout, Flatten, Dense, LeakyReLU
from keras.callbacks import ReduceLROnPlateau
# digit recognizer, top 6 % on the public board
model = Sequential()
model.add(Conv2D(filters = 32, kernel_size = (5,5), padding = 'Same', activation ='relu', input_shape = (28,28,1)))
model.add(Conv2D(filters = 32, kernel_size = (5,5), padding = 'Same'))
model.add(LeakyReLU(alpha = 0.1))
model.add(MaxPool2D(pool_size=(2,2), strides=(2,2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(256, activation = "swish"))
model.add(Dense(10, activation = "softmax"))
model.compile(optimizer = 'Adam' , loss = "categorical_crossentropy", metrics=["acc"])
learning_rate_reduction = ReduceLROnPlateau(monitor='val_loss', patience=3, verbose=1, factor=0.5, min_lr=0.00001)
history = model.fit(X_train, Y_train, batch_size=86, epochs=30, validation_data=(X_val, Y_val), callbacks=learning_rate_reduction)
