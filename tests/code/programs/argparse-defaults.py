# python train.py --epochs 20
import argparse
from keras.models import Sequential
from keras.layers import Dense

parser = argparse.ArgumentParser(description='train a small MLP')
parser.add_argument('--hidden', '-u', type=int, default=48)
parser.add_argument('--epochs', type=int, default=12, help='number of epochs')
parser.add_argument('--batch-size', type=int, default=64)
parser.add_argument('--activation', default='tanh', choices=['relu', 'tanh'])
parser.add_argument('--deep', action='store_true')
args = parser.parse_args()

def main():
    model = Sequential()
    model.add(Dense(args.hidden, input_shape=(30,), activation=args.activation))
    if args.deep:
        model.add(Dense(args.hidden, activation=args.activation))
    model.add(Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(X, y, epochs=args.epochs, batch_size=args.batch_size)

if __name__ == '__main__':
    main()
