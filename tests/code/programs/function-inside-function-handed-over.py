def search(x, y):
    def iris_model(x_train, y_train, x_val, y_val, params):
        model = Sequential()
        model.add(Dense(params['first'], input_dim=4, activation='relu'))
        model.add(Dense(3, activation='softmax'))
        model.compile(optimizer='adam', loss='categorical_crossentropy')
        out = model.fit(x_train, y_train, epochs=10)
        return out, model
    talos.Scan(x, y, model=iris_model, params={'first': [16, 32]})
