import functools
import time
from keras import Sequential
from keras.layers import Dense, Dropout, Input

def timer(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        result = func(*args, **kwargs)
        print(f"{func.__name__} took {time.perf_counter() - start:.2f}s")
        return result
    return wrapper

@timer
def get_model(n_inputs: int, *, width: int = 40) -> Sequential:
    return Sequential([
        Input(shape=(n_inputs,)),
        Dense(width, activation="relu"),
        Dropout(rate=0.1),
        Dense(1),
    ])

def main() -> None:
    model = get_model(7, width=80)
    model.compile(optimizer="adam", loss="mean_absolute_percentage_error")
    model.fit(x=features, y=labels, epochs=50, batch_size=16)

if __name__ == "__main__":
    main()
