import keras
from keras import initializers, regularizers, constraints
from keras.layers import Dense
model = keras.Sequential([
    keras.Input(shape=(6,)),
    Dense(5, kernel_initializer='he_uniform', bias_initializer='ones'),
    Dense(5, kernel_initializer=initializers.HeNormal()),
    Dense(5, kernel_initializer=keras.initializers.RandomNormal(mean=0.0, stddev=0.01)),
    Dense(5, kernel_initializer=initializers.glorot_normal(), kernel_regularizer='l1'),
    Dense(5, kernel_initializer=initializers.RandomUniform(-0.05, 0.05), kernel_regularizer=regularizers.L2()),
    Dense(5, kernel_initializer=initializers.TruncatedNormal(stddev=0.02), activity_regularizer=regularizers.l1(1e-5)),
    Dense(5, kernel_initializer='normal', kernel_constraint=constraints.NonNeg()),
    Dense(5, kernel_initializer=initializers.Orthogonal(gain=1.0), kernel_constraint='max_norm'),
    Dense(1, kernel_regularizer=regularizers.l1_l2(l1=0.01, l2=0.02)),
])
model.compile(optimizer='ftrl', loss='log_cosh')
