# U-Net для сегментации
from tensorflow.keras.layers import *
from tensorflow.keras.models import *

def unet(input_size=(128, 128, 1)):
    inputs = Input(input_size)
    conv1 = Conv2D(16, 3, activation='relu', padding='same')(inputs)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
    conv2 = Conv2D(32, 3, activation='relu', padding='same')(pool1)
    up3 = UpSampling2D(size=(2, 2))(conv2)
    merge3 = concatenate([conv1, up3], axis=3)
    conv3 = Conv2D(16, 3, activation='relu', padding='same')(merge3)
    conv4 = Conv2D(1, 1, activation='sigmoid')(conv3)
    model = Model(inputs, conv4)
    model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
    return model

model = unet()
model.fit(images, masks, batch_size=2, epochs=1)
