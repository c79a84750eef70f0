# Лише будуємо мережу й дивимось на кількість параметрів
import keras
from keras.layers import Dense, PReLU, ELU, Softmax, GaussianNoise, LayerNormalization
мережа = keras.Sequential()
мережа.add(keras.layers.InputLayer(shape=(50,)))
мережа.add(GaussianNoise(0.1))
мережа.add(Dense(20))
мережа.add(PReLU())
мережа.add(LayerNormalization(epsilon=1e-6))
мережа.add(Dense(20))
мережа.add(ELU(alpha=0.5))
мережа.add(Dense(4))
мережа.add(Softmax())
print(мережа.summary())
