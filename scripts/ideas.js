// The ideas of the lesson, each with the actions that lead to it from the opening page and what must then be there.

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {(page: Page) => Promise<unknown>} Action */
/** @typedef {{ idea: string, actions: [what: string, act: Action][], shows: string, text?: RegExp }} Idea */

/** @param {string} selector @returns {Action} */
const click = (selector) => async (page) => {
  await page.waitForSelector(selector);
  await page.$eval(selector, (e) => /** @type {HTMLElement} */ (e).click());
};
/** @param {string} selector @param {string} value @returns {Action} */
const choose = (selector, value) => async (page) => {
  await page.waitForSelector(selector);
  const [chosen] = await page.select(selector, value);
  if (chosen !== value) throw new Error(`${selector} has no ${value}.`);
};

/** @type {[string, Action]} */
const BATCH = ['+1 batch', click('[aria-label="Step 1 batch"]')];
/** @type {[string, Action]} */
const PLAY = ['Play', click('.play')];
/** @type {[string, Action]} */
const STEP = ['Step by step', click('#tab-inside')];
/** @type {[string, Action]} */
const EXPLAIN = ['Explain', click('#group-explain')];
/** @param {number} layer @returns {[string, Action]} */
const head = (layer) => ['head of the layer', click(`.head[data-layer="${layer}"] .head-name`)];
/** @param {number} i @returns {[string, Action]} */
const stage = (i) => [
  ['Forward', 'Loss', 'Backward', 'Update'][i],
  click(`.stages button:nth-child(${i + 1})`),
];
/** @param {string} name @param {string} label @returns {[string, Action]} */
const data = (name, label) => [label, click(`input[name=data][value=${name}]`)];
/** @type {[string, Action]} */
const OPTIONS = ['more options of Dense', click('.layers .more summary')];

const LAYER = '#f-model-config-layers-0-config';

/** @type {Idea[]} */
export const IDEAS = [
  { idea: '400-25-15-1 network', actions: [], shows: '.head[data-layer="2"]' },
  {
    idea: 'units',
    actions: [['−', click('[aria-label="One unit less in dense"]')]],
    shows: '.head[data-layer="0"]',
    text: /24 sigmoid/,
  },
  {
    idea: 'activation',
    actions: [head(0), ['activation', choose(`${LAYER}-activation`, 'relu')]],
    shows: '.head[data-layer="0"]',
    text: /relu/,
  },
  {
    idea: 'initialisation',
    actions: [
      head(0),
      OPTIONS,
      ['initial weights', choose(`${LAYER}-kernel_initializer`, 'Zeros')],
    ],
    shows: '.notice',
    text: /Zeros|zeros/,
  },
  {
    idea: 'loss, cost',
    actions: [['loss', choose('#quick-loss', 'MeanSquaredError')]],
    shows: '.notice',
    text: /Loss changed/,
  },
  {
    idea: 'why cross-entropy, not squared error',
    actions: [
      EXPLAIN,
      ['Loss surface', click('#tab-surface')],
      ['Compute', click('.glass-panel > div:not([hidden]) button')],
    ],
    shows: '.slices canvas',
  },
  {
    idea: 'regression',
    actions: [data('SineCurve', 'Sine curve'), PLAY],
    shows: '.meter',
    text: /epoch/,
  },
  {
    idea: 'multi-class',
    actions: [data('Digits', 'Digits 0 to 9')],
    shows: '.head[data-layer="2"]',
    text: /10/,
  },
  {
    idea: 'W = W − α dJ/dW with its numbers',
    actions: [BATCH, STEP, stage(3)],
    shows: '.told',
    text: /=/,
  },
  {
    idea: 'logistic regression beside it',
    actions: [EXPLAIN, ['Logistic regression', click('#tab-beside')]],
    shows: '.versus',
  },
  {
    idea: 'backpropagation, chain rule',
    actions: [BATCH, STEP, stage(2)],
    shows: '.told',
    text: /=/,
  },
  {
    idea: 'epochs',
    actions: [['epochs', (page) => page.focus('#quick-epochs')]],
    shows: '#quick-epochs',
  },
  {
    idea: 'batch size',
    actions: [['batch size', (page) => page.focus('#quick-batch_size')]],
    shows: '#quick-batch_size',
  },
  {
    idea: 'learning rate',
    actions: [['learning rate', (page) => page.focus('#quick-learning_rate')]],
    shows: '#quick-learning_rate',
  },
  {
    idea: 'validation split',
    actions: [['validation split', (page) => page.focus('#quick-validation_split')]],
    shows: '#quick-validation_split',
  },
  { idea: 'curves and accuracy', actions: [PLAY], shows: '#plot-metric canvas' },
  {
    idea: 'fit log',
    actions: [PLAY, ['Code & log', click('#group-text')], ['Fit log', click('#tab-log')]],
    shows: 'pre',
    text: /Epoch 1\/20/,
  },
  {
    idea: 'model not learning',
    actions: [['SGD', choose('#quick-optimizer', 'SGD')], ['Max', choose('#speed', 'full')], PLAY],
    shows: '.status.finished',
  },
  {
    idea: 'overfitting',
    actions: [data('Digits', 'Digits 0 to 9'), ['Max', choose('#speed', 'full')], PLAY],
    shows: '.status',
    text: /validation loss was lowest after epoch/,
  },
  {
    idea: 'optimizers compared',
    actions: [
      ['Compare', click('#tab-compare')],
      ['Race optimizers', click('.compare-panel .primary')],
    ],
    shows: '.compare-panel table',
  },
  {
    idea: 'early stopping',
    actions: [['Max', choose('#speed', 'full')], PLAY],
    shows: '.early [data-n=would-restore]',
  },
  {
    idea: 'dropout',
    actions: [
      ['+', click('[aria-label="Add a layer before dense_1"]')],
      ['Dropout', click('dialog[open] [data-class=Dropout]')],
    ],
    shows: '.notice',
    text: /Dropout added/,
  },
  {
    idea: 'L1 / L2',
    actions: [head(0), OPTIONS, ['weight penalty', choose(`${LAYER}-kernel_regularizer`, 'L2')]],
    shows: '.notice',
    text: /L2|l2/,
  },
  {
    idea: 'convolutional network',
    actions: [
      ['All settings', click('.all-settings')],
      ['template', choose('#begin', 'cnn')],
    ],
    shows: '.head[data-layer="1"]',
    text: /conv2d/,
  },
  {
    idea: 'recurrent network',
    actions: [
      ['All settings', click('.all-settings')],
      ['template', choose('#begin', 'lstm')],
    ],
    shows: '.head[data-layer="1"]',
    text: /lstm/,
  },
  { idea: 'draw a digit', actions: [], shows: '.ink' },
  {
    idea: 'errors and the confusion matrix',
    actions: [EXPLAIN, ['Errors', click('#tab-errors')]],
    shows: '.confusion',
  },
  {
    idea: 'share',
    actions: [['Copy link', click('.header-buttons > button')]],
    shows: '.notice',
    text: /[Ll]ink/,
  },
  {
    idea: 'save',
    actions: [
      ['⋯', click('.menu summary')],
      ['Save', click('.menu-items button')],
    ],
    shows: '.notice',
    text: /saved/i,
  },
  {
    idea: 'Keras code',
    actions: [['Code & log', click('#group-text')]],
    shows: 'pre',
    text: /keras/,
  },
];
