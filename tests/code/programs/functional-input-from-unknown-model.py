x = Flatten()(model.output)
x = Dense(10, activation='softmax')(x)
final = Model(inputs=model.input, outputs=x)
final.compile('adam', 'categorical_crossentropy')
