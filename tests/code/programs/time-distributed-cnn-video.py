from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import TimeDistributed, Conv2D, MaxPooling2D, Flatten, LSTM, Dense
# Videoklassifikation: CNN pro Bild, danach LSTM
ANZAHL_BILDER = 10
modell = Sequential()
modell.add(TimeDistributed(Conv2D(8, (3, 3), activation='relu'), input_shape=(ANZAHL_BILDER, 32, 32, 3)))
modell.add(TimeDistributed(MaxPooling2D((2, 2))))
modell.add(TimeDistributed(Flatten()))
modell.add(LSTM(32, return_sequences=False))
modell.add(Dense(4, activation='softmax'))
modell.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['acc'])
modell.fit(videos, klassen, epochs=6, batch_size=4)
