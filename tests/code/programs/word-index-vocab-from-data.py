from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Embedding, GlobalAveragePooling1D, Dense
tok = Tokenizer(oov_token="<OOV>")
tok.fit_on_texts(sentences)
vocab_size = len(tok.word_index)
padded = pad_sequences(tok.texts_to_sequences(sentences), maxlen=100, padding='post')
model = Sequential([
    Embedding(vocab_size, 16, input_length=100),
    GlobalAveragePooling1D(),
    Dense(24, activation='relu'),
    Dense(1, activation='sigmoid')
])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(padded, labels, epochs=30, validation_data=(testing_padded, testing_labels), verbose=2)
