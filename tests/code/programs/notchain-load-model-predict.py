# demo: nur vorhersagen
import numpy as np
from tensorflow.keras.models import load_model
model = load_model('best_model.h5')
img = np.expand_dims(bild, axis=0)
print(model.predict(img).argmax())
