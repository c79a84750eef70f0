from tensorflow.keras.models import sequential
from tensorflow.keras.layers import Dense
net = sequential()
net.add(Dense(units=100, activation='relu', input_dim=11))
net.add(Dense(units=1, activation='sigmoid'))
net.compile(optimizer='adam', loss='binary_crossentropy')
net.fit(X, y, batch_size=32, epochs=100)
