import keras
from keras import layers
# encoder
enc_in = keras.Input(shape=(28, 28, 1), name="img")
x = layers.Conv2D(16, 3, activation="relu")(enc_in)
x = layers.Conv2D(32, 3, activation="relu")(x)
enc_out = layers.GlobalMaxPooling2D()(x)
encoder = keras.Model(enc_in, enc_out)
# decoder
dec_in = keras.Input(shape=(32,), name="encoded_img")
x = layers.Reshape((4, 4, 2))(dec_in)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
x = layers.UpSampling2D(3)(x)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
dec_out = layers.Conv2DTranspose(1, 3, activation="relu")(x)
decoder = keras.Model(dec_in, dec_out)
# together
ae_in = keras.Input(shape=(28, 28, 1), name="picture")
autoencoder = keras.Model(ae_in, decoder(encoder(ae_in)))
autoencoder.compile(optimizer="adam", loss="mse")
autoencoder.fit(x_train, x_train, epochs=2, batch_size=128)
