from classifier import create_model

model = create_model()
model.fit(x, y, epochs=4)
