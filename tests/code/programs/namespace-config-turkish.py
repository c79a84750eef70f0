# Ayarlar tek bir yerde
from types import SimpleNamespace
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Input
ayar = SimpleNamespace(giris=7, gizli=[21, 14], cikis=2, devir=33)
ayar.yigin = 11
def kur(a):
    katmanlar = [Input(shape=(a.giris,))]
    katmanlar += [Dense(g, activation='relu') for g in a.gizli]
    katmanlar.append(Dense(a.cikis, activation='softmax'))
    return Sequential(katmanlar)
ag = kur(ayar)
ag.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
ag.fit(X, y, epochs=ayar.devir, batch_size=ayar.yigin)
