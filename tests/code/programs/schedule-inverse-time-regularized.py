import tensorflow as tf
from tensorflow.keras import layers, regularizers

N_TRAIN = int(1e4)
BATCH_SIZE = 500
STEPS_PER_EPOCH = N_TRAIN // BATCH_SIZE
FEATURES = 28

lr_schedule = tf.keras.optimizers.schedules.InverseTimeDecay(
  0.001, decay_steps=STEPS_PER_EPOCH*1000, decay_rate=1, staircase=False)

def get_optimizer():
  return tf.keras.optimizers.Adam(lr_schedule)

def compile_and_fit(model, name, optimizer=None, max_epochs=10000):
  if optimizer is None:
    optimizer = get_optimizer()
  model.compile(optimizer=optimizer,
                loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
                metrics=['accuracy'])
  model.summary()
  return model.fit(train_ds, steps_per_epoch=STEPS_PER_EPOCH, epochs=max_epochs,
                   validation_data=validate_ds, callbacks=[tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=200)], verbose=0)

histories = {}
combined = tf.keras.Sequential([
    layers.Dense(512, kernel_regularizer=regularizers.l2(0.0001), activation='elu', input_shape=(FEATURES,)),
    layers.Dropout(0.5),
    layers.Dense(512, kernel_regularizer=regularizers.L1L2(l1=1e-5, l2=1e-4), activation='elu'),
    layers.Dense(1)
])
histories['combined'] = compile_and_fit(combined, "regularizers/combined")
