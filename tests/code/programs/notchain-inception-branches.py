from tensorflow.keras import layers, Model, Input
def inception(x, f):
    t1 = layers.Conv2D(f, 1, activation='relu', padding='same')(x)
    t2 = layers.Conv2D(f, 3, activation='relu', padding='same')(x)
    t3 = layers.MaxPooling2D(3, strides=1, padding='same')(x)
    return layers.Concatenate(axis=-1)([t1, t2, t3])
inp = Input((32, 32, 3))
x = inception(inp, 16)
x = inception(x, 32)
x = layers.Flatten()(x)
out = layers.Dense(10, activation='softmax')(x)
model = Model(inp, out)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
