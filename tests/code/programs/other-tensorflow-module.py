from tensorflow.python.client import device_lib
from tensorflow.keras import Sequential, layers

print(device_lib.list_local_devices())
m = Sequential([layers.Input((3,)), layers.Dense(8, activation='relu'), layers.Dense(1)])
m.compile(optimizer='adam', loss='mse')
