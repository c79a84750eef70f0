import tensorflow as tf
from tensorflow.keras import layers as tfl

def happy_model(input_shape):
    input_img = tf.keras.Input(shape=input_shape)
    # CONV2D -> RELU -> MAXPOOL
    Z1 = tfl.Conv2D(filters=8, kernel_size=(4, 4), strides=1, padding='SAME')(input_img)
    A1 = tfl.ReLU(max_value=6)(Z1)
    P1 = tfl.MaxPool2D(pool_size=(8, 8), strides=(8, 8), padding='SAME')(A1)
    F = tfl.Flatten()(P1)
    outputs = tfl.Dense(units=6, activation='softmax')(F)
    model = tf.keras.Model(inputs=input_img, outputs=outputs)
    return model

conv_model = happy_model((64, 64, 3))
conv_model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
train_dataset = tf.data.Dataset.from_tensor_slices((X_train, Y_train)).batch(64)
history = conv_model.fit(train_dataset, epochs=100, validation_data=test_dataset)
