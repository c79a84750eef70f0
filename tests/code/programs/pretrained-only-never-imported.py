model = InceptionV3(weights=None, classes=4)
model.compile(optimizer='adam', loss='categorical_crossentropy')
model.fit(x, y, epochs=12)
