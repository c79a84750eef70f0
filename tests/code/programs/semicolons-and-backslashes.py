from keras.models import Sequential; from keras.layers import Dense, Dropout
model = Sequential(); model.add(Dense(128, activation="relu", \
                                      input_shape=(20,)));
model.add(Dropout(
            .5,
            seed=None,
            )); model.add(Dense(1, dtype='float32'))
model.compile(loss = 'mse',
  optimizer \
  = 'rmsprop'); H = model.fit(X,y,epochs=int(1e2),batch_size=round(31.8),verbose=2)
