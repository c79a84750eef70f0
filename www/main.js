// Composition root: creates the store, the runner and the views, and connects them.
import { render } from 'lit-html';
import catalog from '../pkg/catalog.json';
import { linkOf, setAddress } from './app/address.js';
import { VIEW_IDS } from './app/groups.js';
import { isolateErrors } from './app/isolate.js';
import { readView } from './app/link.js';
import { colours } from './picture/colour.js';
import { listenToDrops } from './app/dropping.js';
import { NoEngine } from './engine/absent.js';
import { shownSet } from './engine/frame.js';
import { listenToKeys } from './app/keys.js';
import { RecordWriter, saveSettings, loadSettings } from './app/memory.js';
import { Editing } from './app/editing.js';
import { opening } from './app/opening.js';
import { chooseData } from './app/choose-data.js';
import { FIRST } from './app/presets.js';
import { onDemand } from './app/on-demand.js';
import { Runner } from './app/runner.js';
import { Runs } from './compare/runs.js';
import { number } from './app/figures.js';
import { same } from './app/same.js';
import { Store } from './app/store.js';
import { quickSettings } from './forms/quick.js';
import { settings } from './forms/settings.js';
import { CurvesView } from './views/curves.js';
import { DrawView } from './views/draw.js';
import { authorText } from './views/author.js';
import { header } from './views/header.js';
import { help } from './views/help.js';
import { MeterView } from './views/meter.js';
import { NetworkView } from './views/network.js';
import { PredictionsView } from './views/predictions.js';
import { panel } from './views/panel.js';
import { sentence } from './views/sentence.js';
import { VIEWS } from './views/moment/index.js';
import { shell } from './views/shell.js';
import { TransportView } from './views/transport.js';

const parts = shell(/** @type {HTMLElement} */ (document.getElementById('app')));
const systemDark = matchMedia('(prefers-color-scheme: dark)');

const store = new Store({
  catalog,
  opened: null,
  draft: FIRST,
  draftError: null,
  advice: [],
  playing: false,
  notice: '',
  alarm: '',
  canUndo: false,
  drawer: null,
  viewedStep: null,
  highlight: null,
  hoveredRow: null,
  selection: null,
  gradientPaths: [],
  log: '',
  code: '',
  link: readView(location.hash, VIEW_IDS),
  runs: [],
  race: null,
  settings: loadSettings(),
});

const runner = new Runner(store, {
  onFrame: () => {
    formsDue ||= runner.frame?.hash !== undefined;
    deferred.log();
    requestDraw();
  },
  onEdit: (draft, checkpoint, replaced) =>
    recordWriter.put(JSON.stringify(draft), checkpoint, replaced),
  onSaved: (text, checkpoint) => {
    recordWriter.put(text, checkpoint);
    if (checkpoint && runner.frame) inspector?.addCheckpoint(text, runner.frame.steps, checkpoint);
  },
  onReplaced: (run) => runs.remember(run),
});

const runs = new Runs(store);
/** The comparison, which loads when it is opened, and its loading. @type {import('./views/compare/index.js').CompareView | undefined} */
let compareView;
/** @type {Promise<void> | undefined} */
let comparison;

/** Whether saving in this browser has worked so far. A failure is reported once. */
let storageWorks = true;
const recordWriter = new RecordWriter(() => {
  if (storageWorks)
    store.announce(
      'This browser blocks storage, so the page cannot save the experiment. Use “Copy link” or “Save” to keep it.',
    );
  storageWorks = false;
});

/** The inspector, which loads after the first picture. @type {import('./step/inspector.js').Inspector | undefined} */
let inspector;

const isolate = isolateErrors((alarm) => store.set({ alarm }));
const deferred = onDemand(store, runner, () => inspector);

/** Milliseconds between two drawings during training: smooth, and it leaves time to train. */
const DRAW_EVERY = 28;

// Drawing happens at most once per animation frame, from the latest frame, and never in a hidden tab.

let due = false;
let drawings = 0;
let drawnAt = 0;
let formsDue = true;
/** Whether the picture waits for the next animation frame because the forms were drawn in this one. */
let pictureWaits = false;
let palette = colours(isDark());

function requestDraw() {
  if (due) return;
  due = true;
  requestAnimationFrame(draw);
}

function draw() {
  due = false;
  if (document.hidden) return;
  const { state } = store;
  const now = performance.now();
  if (state.playing && now - drawnAt < DRAW_EVERY) return requestDraw();
  drawnAt = now;
  const { history } = runner;
  const frame = inspector?.frame ?? runner.frame;
  if (formsDue) {
    drawForms();
    // The picture is drawn in the next animation frame: both in one would take too long.
    if (state.playing && !pictureWaits) {
      pictureWaits = true;
      return requestDraw();
    }
  }
  pictureWaits = false;
  if (!state.opened || !frame) return;
  const { opened } = state;
  const { set, n } = shownSet(opened.info);
  const rows = opened.data[set];
  const width = rows.x.length / n;
  const rowAt = (/** @type {number} */ i) => rows.x.subarray(i * width, (i + 1) * width);
  const example = rowAt(frame.example);
  const input = frame.drawn && runner.drawing ? runner.drawing : example;
  const truth = rows.y[frame.example];
  const label = opened.info.data.class_names[truth] ?? number(truth);
  // During training the slow parts take turns, so that no drawing takes long.
  const often = state.playing && state.settings.speed !== 'slow';
  const turn = often ? ++drawings % 4 : -1;
  const hoveredRow = state.hoveredRow === null ? null : rowAt(state.hoveredRow);
  const step = inspector?.shownExample;
  const shown = { label, of: n, set, drawn: frame.drawn, text: step?.text };
  // Step by step marks a weight of its own choice, without a card, until somebody selects one.
  const marked = {
    ...state,
    selection: inspector ? inspector.selection : state.selection,
    hasCard: state.selection !== null,
  };
  isolate('buttons', () => views.transport.render(state, runner.frame));
  isolate('progress', () => {
    if (runner.frame) views.meter.draw(state, runner.frame, history, palette);
    drawSentence();
  });
  isolate('picture', () =>
    views.network.draw(
      step?.frame ?? frame,
      step?.input ?? input,
      shown,
      marked,
      hoveredRow,
      palette,
      turn < 1,
    ),
  );
  if (turn < 0 || turn === 1) {
    const { settings, viewedStep } = state;
    const { info, experiment } = opened;
    const others = runsBeside(state, info.first_epoch + history.epochs.length);
    const curves = { history, others, info, experiment, settings, colours: palette, viewedStep };
    isolate('curves', () => views.curves.draw(curves));
  }
  if (turn < 0 || turn === 3)
    isolate('predictions', () => views.predictions.draw(opened, frame, state, palette));
  parts.compare.hidden = state.settings.tab !== 'compare';
  if (!parts.compare.hidden) {
    comparison ??= loadComparison();
    isolate('comparison', () => compareView?.draw(state, runner, palette));
  }
  isolate('drawing pad', () => views.pad.draw(opened, frame, palette));
  if (turn < 0 || turn === 2) isolate('inspector', () => inspector?.draw(palette));
}

/** Inputs of the last drawing of the settings. @type {unknown[]} */
let drawnFor = [];

/** Draws the parts that change only when the store changes. */
function drawForms() {
  formsDue = false;
  const { state } = store;
  const { draft, draftError, opened, advice, drawer } = state;
  const inputs = [draft, draftError, opened, advice, drawer, state.settings.theme];
  if (inputs.some((part, i) => part !== drawnFor[i])) {
    drawnFor = inputs;
    // Nothing can be changed before a run is open.
    for (const part of [parts.header, parts.quick, parts.settings]) part.inert = !opened;
    isolate('header', () => header(parts.header, state, headerActions));
    isolate('main settings', () => quickSettings(parts.quick, state, editing));
    isolate('forms', () => settings(parts.settings, state, editing));
  }
  parts.settings.hidden = state.drawer === null;
  if (!runner.frame) {
    isolate('buttons', () => views.transport.render(state, null));
    drawSentence();
  }
  const hash = (inspector?.frame ?? runner.frame)?.hash;
  const { events } = runner.history;
  isolate('panel', () => {
    const view = panel(parts.tabs, parts.pad, state, events, hash, TABS, tabActions);
    // The data may have no such view; the inspector shows the one that the panel names.
    if (state.opened && view !== state.settings.tab) store.setting({ tab: view });
  });
}

function drawSentence() {
  sentence(parts.sentence, store.state, runner.frame, runner.history, editing);
}

const editing = new Editing(store, runner, parts, () => drawForms());

const training = {
  play: () => {
    if (!store.state.settings.visited) store.setting({ visited: true });
    return runner.play();
  },
  pause: () => runner.pause(),
  step: () => runner.step(),
  epoch: () => runner.epoch(),
  reset: () => runner.reset(),
  undo: () => runner.undo(),
};

/** The views that other modules draw. Their tabs are there before the modules, so that none moves when they come. */
const TABS = [{ id: 'compare', label: 'Compare' }, ...VIEWS];

const views = {
  network: new NetworkView(parts.network, parts.sheet, {
    redraw: requestDraw,
    example: (by) => showExample(by),
    light: (highlight) => store.set({ highlight }),
    choose: (selection) => store.set({ selection }),
    inside: (selection) => {
      store.set({ selection });
      store.setting({ tab: 'inside' });
      inspector?.holdStep();
    },
    setWeight: (at, text) => inspector?.setWeight(at, text),
    heads: editing.heads,
  }),
  transport: new TransportView(parts.transport, {
    ...training,
    speed: (speed) => store.setting({ speed }),
  }),
  meter: new MeterView(parts.meter),
  curves: new CurvesView(parts.curves, {
    redraw: requestDraw,
    metric: (metric) => store.setting({ metric }),
    goTo: (epoch) => inspector?.goToEpoch(epoch),
    setting: (change) => store.setting(change),
    save: saveFile,
  }),
  predictions: new PredictionsView(parts.predictions, {
    pick: (example) => runner.showExample(example),
    point: (hoveredRow) => store.set({ hoveredRow }),
    filter: (filter) => store.setting({ filter }),
  }),
  pad: new DrawView(parts.pad, {
    drawn: (ink, side) =>
      runner
        .prepare(ink, Math.sqrt(ink.length), Math.sqrt(ink.length), side)
        .catch(() => undefined),
    show: (input) => {
      runner.drawing = input;
      if (!store.state.playing) runner.refresh();
    },
    redraw: requestDraw,
  }),
};

/** @type {import('./views/header.js').HeaderActions} */
const headerActions = {
  data: (className) => chooseData(store, runner, className),
  seed: (text) => {
    const seed = Number(text);
    const draft = {
      ...store.state.draft,
      seed:
        text !== '' && Number.isFinite(seed)
          ? seed
          : /** @type {number} */ (/** @type {unknown} */ (text)),
    };
    runner.edit(draft, `Seed changed to ${text}`);
  },
  dice: async () => {
    const seed = await runner.randomSeed().catch(() => undefined);
    if (seed === undefined) return; // The lost engine is reported already.
    runner.edit({ ...store.state.draft, seed }, `Seed changed to ${seed}`);
  },
  share: () => copy(linkOf(store.state.opened?.text ?? ''), 'Link copied. It reproduces this run.'),
  save: () => {
    const text = JSON.stringify(store.state.opened?.experiment ?? {}, null, 2);
    saveFile('glassbox-experiment.json', new Blob([text], { type: 'application/json' }));
    store.set({ notice: 'The experiment was saved as glassbox-experiment.json.' });
  },
  open: (file) => openFile(file),
  help: () => help(parts.dialog),
  theme: (theme) => store.setting({ theme }),
  edit: editing.edit,
  openSettings: editing.openSettings,
};

/** @type {Parameters<typeof panel>[6]} */
const tabActions = {
  tab: (tab) => {
    // A highlight of the previous tab ends with it.
    store.set({ highlight: null });
    store.setting({ tab });
  },
  light: (highlight) => store.state.highlight !== highlight && store.set({ highlight }),
  choose: (selection) => store.set({ selection }),
  copy,
  csv: async (i) => {
    const file = (await runner.csv())[i];
    if (file) saveFile(file.filename, new Blob([file.text], { type: 'text/csv' }));
  },
  goTo: (epoch) => runner.restoreEpoch(epoch),
};

/**
 * Saves a file.
 * @param {string} name
 * @param {Blob} content
 */
function saveFile(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Copies a text to the clipboard.
 * @param {string} text
 * @param {string} [notice]
 */
async function copy(text, notice = 'Copied.') {
  try {
    await navigator.clipboard.writeText(text);
    store.set({ notice });
  } catch {
    store.set({
      notice: 'Copying is blocked in this browser. Copy the link from the address bar.',
    });
  }
}

/** @param {number} by */
function showExample(by) {
  const { opened } = store.state;
  if (!opened || inspector?.turnExample(by)) return;
  const { n } = shownSet(opened.info);
  runner.showExample(((runner.frame?.drawn ? -by : 0) + store.state.settings.example + by + n) % n);
}

/** Shows the page as its link wants it. */
function showLink() {
  const { link } = store.state;
  const { dataset } = document.documentElement;
  render(authorText(link), parts.author);
  dataset.hide = link.hide.join(' ');
  dataset.present = link.present ? 'on' : '';
  dataset.embed = link.embed ? 'on' : '';
  if (link.title) document.title = `${link.title} · Glassbox`;
  if (link.view) store.setting({ tab: link.view });
}

function isDark() {
  const { theme } = store.state.settings;
  return theme === 'dark' || (theme === 'system' && systemDark.matches);
}

function setTheme() {
  document.documentElement.dataset.theme = store.state.settings.theme;
  palette = colours(isDark());
  formsDue = true;
  requestDraw();
}

/** Key of the model's layers. It ignores activations, so that a selection survives a change of activation. @param {import('./types.js').Opened | null} opened */
function shapesOf(opened) {
  return opened?.info.layers.map((layer) => ({ ...layer, activation: 0 }));
}

store.listen((state, before) => {
  formsDue = true;
  if (state.settings !== before.settings) {
    saveSettings(state.settings);
    if (state.settings.theme !== before.settings.theme) setTheme();
  }
  if (state.opened && state.opened !== before.opened) {
    const { opened } = state;
    isolate('picture', () => views.network.open(opened));
    store.set({ highlight: null, hoveredRow: null, code: '' });
    // A selection stays valid in a run with the same layers.
    if (!same(shapesOf(state.opened), shapesOf(before.opened)))
      store.set({ selection: null, gradientPaths: [] });
    runner.side = views.network.side;
    setAddress(opened.text);
  }
  requestDraw();
});

systemDark.addEventListener('change', setTheme);
document.addEventListener('visibilitychange', requestDraw);
window.addEventListener('hashchange', () => {
  store.set({ link: readView(location.hash, VIEW_IDS) });
  showLink();
});
listenToKeys({
  toggle: () => (store.state.playing ? training.pause() : training.play()),
  ...training,
  help: () => help(parts.dialog),
  forward: () => (store.state.link.present ? training.epoch() : undefined),
});
parts.settings.addEventListener('keydown', (event) => {
  // Escape in a select closes its list.
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  if (!(event.target instanceof HTMLSelectElement)) editing.closeSettings();
});

const { openFirst, openFile } = opening(store, runner);
listenToDrops(openFile, () =>
  store.set({
    alarm: 'Only files can be dropped here: experiments that were saved from this page.',
  }),
);
setTheme();
showLink();
openFirst().then(loadRest, (/** @type {Error} */ error) => {
  store.set({ alarm: error.message, playing: false });
  if (!(error instanceof NoEngine)) console.error(error);
});

/** What names the remembered runs; it loads when there are any. @type {typeof import('./compare/shown.js') | undefined} */
let naming;
let isNamingDue = true;

/**
 * The remembered runs in the charts.
 * @param {import('./app/store.js').State} state
 * @param {number} epoch
 */
function runsBeside(state, epoch) {
  if (isNamingDue && state.runs.length) {
    isNamingDue = false;
    import('./compare/shown.js').then(
      (module) => {
        naming = module;
        requestDraw();
      },
      () => (isNamingDue = true),
    );
  }
  return naming?.shownBeside(state, epoch) ?? [];
}

async function loadComparison() {
  const module = await import('./views/compare/index.js').catch(() => undefined);
  if (!module)
    return store.set({
      notice: 'The comparison could not be loaded. Reload the page to try again.',
    });
  compareView = new module.CompareView(parts.compare, {
    race: new module.Race(store, runs),
    runs,
    open: async (experiment, description) => {
      const alarm = await runner.replace(experiment, description);
      if (alarm) store.set({ alarm });
    },
    save: saveFile,
    redraw: requestDraw,
  });
  requestDraw();
}

/** Loads the parts that follow the first picture. @param {boolean} isOwn whether the page's own experiment is open */
async function loadRest(isOwn) {
  if (isOwn) deferred.skipAdvice();
  const { batch, problems } = store.state.link;
  if (problems.length) store.set({ alarm: problems.join(' ') });
  if (batch && (runner.frame?.steps ?? 0) < batch) runner.trainTo(batch);
  runs.load();
  const charts = await import('./picture/charts/curve.js').catch(() => undefined);
  if (charts) views.curves.drawWith(charts.Curve);
  requestDraw();
  const module = await import('./step/inspector.js').catch(() => undefined);
  if (!module || !charts) {
    const what = module ? 'The charts' : 'The inspector';
    store.announce(`${what} could not be loaded. Reload the page to try again.`);
  }
  if (!module) return;
  inspector = new module.Inspector(store, runner, parts, (texts = false) => {
    formsDue ||= texts;
    requestDraw();
  });
  deferred.requestDeferred();
  formsDue = true;
  requestDraw();
}
