import keras
def step_decay(epoch, lr):
    return lr * 0.5 if epoch % 10 == 0 and epoch else lr
model = keras.Sequential([keras.Input((7,)), keras.layers.Dense(7, activation='relu'), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss='mse')
model.fit(X, y, epochs=40, callbacks=[keras.callbacks.LearningRateScheduler(step_decay)])
