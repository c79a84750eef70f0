# تصنيف أزهار السوسن بشبكة عصبية
from sklearn import datasets
from sklearn.model_selection import train_test_split
import tensorflow as tf

البيانات = datasets.load_iris()
X_train, X_test, y_train, y_test = train_test_split(البيانات.data, البيانات.target, test_size=0.2)
# بناء النموذج
model = tf.keras.Sequential([
    tf.keras.layers.Dense(10, activation="relu", input_shape=(4,)),  # طبقة مخفية
    tf.keras.layers.Dense(3, activation="softmax"),  # طبقة الخرج
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=100, batch_size=8, verbose=0)
print(f"الدقة: {model.evaluate(X_test, y_test)[1]:.2%}")
