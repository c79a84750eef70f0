# Nhận dạng chữ viết tay bằng mạng nơ-ron tích chập
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Dropout, Flatten, Dense, ZeroPadding2D
SO_LOP = 26
mo_hinh = Sequential()
mo_hinh.add(ZeroPadding2D((1, 1), input_shape=(32, 32, 1)))
mo_hinh.add(Conv2D(64, (3, 3), (1, 1), 'valid', activation='relu'))
mo_hinh.add(MaxPooling2D((2, 2), strides=(2, 2)))
mo_hinh.add(Flatten())
mo_hinh.add(Dense(SO_LOP * 4, activation='relu'))
mo_hinh.add(Dropout(0.5))
mo_hinh.add(Dense(SO_LOP, activation='softmax'))
# biên dịch và huấn luyện
mo_hinh.compile('sgd', 'categorical_crossentropy')
mo_hinh.fit(anh, nhan, epochs=15, batch_size=100, shuffle=False)
