from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
X, y = load_iris(return_X_y=True)
clf = MLPClassifier(hidden_layer_sizes=(10,), max_iter=500)
clf.fit(X, y)
print(clf.score(X, y))
