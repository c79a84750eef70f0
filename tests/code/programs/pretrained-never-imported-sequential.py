model = Sequential([
    ResNet50(weights='imagenet', include_top=False, input_shape=(64, 64, 3)),
    GlobalAveragePooling2D(),
    Dense(1),
])
model.compile('adam', 'mse')
