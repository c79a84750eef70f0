from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, UpSampling2D, Conv2DTranspose
from tensorflow.keras.models import Model

def build(shape=(28, 28, 1)):
    inp = Input(shape=shape)
    # encoder
    h = Conv2D(16, (3, 3), activation='relu', padding='same')(inp)
    h = MaxPooling2D((2, 2), padding='same')(h)
    h = Conv2D(8, (3, 3), activation='relu', padding='same')(h)
    encoded = MaxPooling2D((2, 2), padding='same')(h)
    # decoder
    h = Conv2DTranspose(8, 3, strides=2, padding='same', activation='relu')(encoded)
    h = UpSampling2D((2, 2))(h)
    out = Conv2D(1, (3, 3), activation='sigmoid', padding='same')(h)
    return Model(inp, out)

ae = build()
ae.compile(optimizer='adam', loss='binary_crossentropy')
ae.fit(noisy, clean, epochs=10, batch_size=128)
ae.save('denoiser.keras')
