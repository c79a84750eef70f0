import tensorflow.keras.layers as L
import tensorflow.keras as K

depth = 4
model = K.Sequential([K.Input(shape=(64, 64, 3))])
for k in range(depth):
    model.add(L.Conv2D(16 * 2**k, 3, padding='same', use_bias=False))
    model.add(L.BatchNormalization())
    model.add(L.ReLU())
    if k < depth - 1:
        model.add(L.MaxPool2D())
model.add(L.GlobalAveragePooling2D())
model.add(L.Dense(5, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer=K.optimizers.Adam(3e-4), metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=25)
