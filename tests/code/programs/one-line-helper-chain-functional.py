from tensorflow.keras import layers, Model, Input

def conv_bn_relu(x, f, k=3, s=1):
    x = layers.Conv2D(f, k, strides=s, padding='same', use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation('relu')(x)

def get_model(shape, n_class):
    inp = Input(shape)
    x = inp
    for f, s in [(16, 1), (32, 2), (64, 2)]:
        x = conv_bn_relu(x, f, s=s)
    x = layers.GlobalAvgPool2D()(x)
    x = layers.Dense(n_class, activation='softmax')(x)
    return Model(inp, x)

model = get_model((32, 32, 3), 10)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=64, epochs=30, validation_data=(x_test, y_test))
