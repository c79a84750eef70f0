from sklearn.model_selection import GridSearchCV
from tensorflow.keras.wrappers.scikit_learn import KerasClassifier
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense

def create_model(neurons=6, init='uniform'):
    classifier = Sequential()
    classifier.add(Dense(units=neurons, kernel_initializer=init, activation='relu', input_dim=11))
    classifier.add(Dense(units=neurons, kernel_initializer=init, activation='relu'))
    classifier.add(Dense(units=1, kernel_initializer=init, activation='sigmoid'))
    classifier.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
    return classifier

classifier = KerasClassifier(build_fn=create_model)
parameters = {'batch_size': [25, 32], 'epochs': [100, 500], 'neurons': [4, 6, 8]}
grid_search = GridSearchCV(estimator=classifier, param_grid=parameters, scoring='accuracy', cv=10)
grid_result = grid_search.fit(X_train, y_train)
print(grid_result.best_params_)
