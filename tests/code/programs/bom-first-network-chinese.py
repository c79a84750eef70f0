# 波士顿房价预测：最简单的回归网络
import numpy as np
from keras.datasets import boston_housing
from keras import models, layers
(训练数据, 训练目标), (测试数据, 测试目标) = boston_housing.load_data()
# 标准化
均值 = 训练数据.mean(axis=0)
训练数据 -= 均值
标准差 = 训练数据.std(axis=0)
训练数据 /= 标准差

网络 = models.Sequential()
网络.add(layers.Dense(64, activation='relu', input_shape=(13,)))
网络.add(layers.Dense(64, activation='relu'))
网络.add(layers.Dense(1))   # 线性输出
网络.compile(optimizer='rmsprop', loss='mse', metrics=['mae'])
网络.fit(训练数据, 训练目标, epochs=80, batch_size=16, verbose=0)
