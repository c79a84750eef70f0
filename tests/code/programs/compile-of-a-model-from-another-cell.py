%%time
reset_weights(net)
net.compile(optimizer='sgd', loss='categorical_crossentropy')
history = net.fit(x=val_data, epochs=10)
