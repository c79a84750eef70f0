// The lesson as an experiment.
export const EPOCHS = 20;

/** @param {number} seed */
export const lesson = (seed) => ({
  data: { class_name: 'Digits01', config: {} },
  model: {
    class_name: 'Sequential',
    config: {
      layers: [25, 15, 1].map((units) => {
        return { class_name: 'Dense', config: { units, activation: 'sigmoid' } };
      }),
    },
  },
  compile: {
    optimizer: { class_name: 'Adam', config: { learning_rate: 0.001 } },
    loss: { class_name: 'BinaryCrossentropy', config: {} },
    metrics: ['accuracy'],
  },
  fit: { epochs: EPOCHS, batch_size: 32, shuffle: true },
  seed,
});
