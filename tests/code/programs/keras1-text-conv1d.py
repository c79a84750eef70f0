from keras.preprocessing import sequence
from keras.datasets import imdb
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Embedding
from keras.layers import Convolution1D, GlobalMaxPooling1D

max_features = 5000
maxlen = 400
print('Build model...')
model = Sequential()
model.add(Embedding(max_features, 50, input_length=maxlen))
model.add(Dropout(0.2))
# we add a Convolution1D, which will learn nb_filter word group filters of size filter_length
model.add(Convolution1D(nb_filter=250,
                        filter_length=3,
                        border_mode='valid',
                        activation='relu',
                        subsample_length=1))
model.add(GlobalMaxPooling1D())
model.add(Dense(250))
model.add(Dropout(0.2))
model.add(Activation('relu'))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=32, nb_epoch=2, validation_data=(X_test, y_test))
