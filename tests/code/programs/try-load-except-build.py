try:
    model = load_model('net.h5')
except OSError:
    model = Sequential([Input((4,)), Dense(3)])
    model.compile(loss='mse', optimizer='adam')
model.fit(X, y, epochs=10)
