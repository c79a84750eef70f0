// Composition root: creates the store, the runner and the views, and connects them.
import catalog from '../pkg/catalog.json';
import { linkOf, setAddress } from './app/address.js';
import { chooseData } from './app/choose-data.js';
import { listenToDrops } from './app/dropping.js';
import { Editing } from './app/editing.js';
import { copy, fileOf, saveFile } from './app/files.js';
import { VIEW_IDS } from './app/groups.js';
import { listenToKeys } from './app/keys.js';
import { readView } from './app/link.js';
import { RecordWriter, loadSettings, saveSettings } from './app/memory.js';
import { onDemand } from './app/on-demand.js';
import { opening } from './app/opening.js';
import { FIRST } from './app/presets.js';
import { Runner } from './app/runner.js';
import { same } from './app/same.js';
import { Store } from './app/store.js';
import { ComparisonOnDemand } from './compare/on-demand.js';
import { Runs } from './compare/runs.js';
import { Drawing } from './drawing.js';
import { NoEngine } from './engine/absent.js';
import { shownSet } from './engine/frame.js';
import { colours } from './picture/colour.js';
import { showLink } from './views/author.js';
import { CurvesView } from './views/curves.js';
import { DrawView } from './views/draw.js';
import { help } from './views/help.js';
import { MeterView } from './views/meter.js';
import { VIEWS } from './views/moment/index.js';
import { NetworkView } from './views/network.js';
import { PredictionsView } from './views/predictions.js';
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
    deferred.log();
    if (runner.frame?.hash === undefined) drawing.request();
    else drawing.requestAll();
  },
  onEdit: (draft, checkpoint, replaced) =>
    recordWriter.put(JSON.stringify(draft), checkpoint, replaced),
  onSaved: (text, checkpoint) => {
    recordWriter.put(text, checkpoint);
    if (checkpoint && runner.frame)
      drawing.inspector?.addCheckpoint(text, runner.frame.steps, checkpoint);
  },
  onReplaced: (run) => runs.remember(run),
});

const runs = new Runs(store);
const drawing = new Drawing(store, runner, parts, colours(isDark()));
const deferred = onDemand(store, runner, () => drawing.inspector);
const editing = new Editing(store, runner, parts, drawing.forms);

/** Whether saving in this browser has worked so far. A failure is reported once. */
let storageWorks = true;
const recordWriter = new RecordWriter(() => {
  if (storageWorks)
    store.announce(
      'This browser blocks storage, so the page cannot save the experiment. Use “Copy link” or “Save” to keep it.',
    );
  storageWorks = false;
});

/** An action that trains, which ends the callouts of a first visit. @param {() => unknown} train */
const trains = (train) => () => {
  if (!store.state.settings.visited) store.setting({ visited: true });
  train();
};

const training = {
  play: trains(() => runner.play()),
  pause: () => runner.pause(),
  step: trains(() => runner.step()),
  epoch: trains(() => runner.epoch()),
  reset: () => runner.reset(),
  undo: () => runner.undo(),
};

/** The parts of the page that show the run. */
const views = {
  network: new NetworkView(parts.network, parts.sheet, {
    redraw: drawing.request,
    example: (by) => showExample(by),
    light: (highlight) => store.set({ highlight }),
    choose: (selection) => store.set({ selection }),
    inside: (selection) => {
      store.set({ selection });
      store.setting({ tab: 'inside' });
      drawing.inspector?.holdStep();
    },
    setWeight: (at, text) => drawing.inspector?.setWeight(at, text),
    heads: editing.heads,
  }),
  transport: new TransportView(parts.transport, {
    ...training,
    speed: (speed) => store.setting({ speed }),
  }),
  meter: new MeterView(parts.meter),
  curves: new CurvesView(parts.curves, {
    redraw: drawing.request,
    metric: (metric) => store.setting({ metric }),
    goTo: (epoch) => drawing.inspector?.goToEpoch(epoch),
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
    redraw: drawing.request,
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
  share: () => {
    const { text = '', experiment } = store.state.opened ?? {};
    const isOwn = experiment?.data.class_name === 'OwnData';
    const notice = isOwn
      ? 'Link copied. It does not hold your data: “Save” makes a file that does.'
      : 'Link copied. It reproduces this run.';
    return copy(store, linkOf(text), notice);
  },
  save: async () => {
    saveFile('glassbox-experiment.json', await fileOf(store.state.opened?.experiment));
    store.set({ notice: 'The experiment was saved as glassbox-experiment.json.' });
  },
  open: (file) => openFile(file),
  help: () => help(parts.dialog),
  theme: (theme) => store.setting({ theme }),
  edit: editing.edit,
  openSettings: editing.openSettings,
};

/** @type {import('./views/panel.js').PanelActions} */
const tabActions = {
  tab: (tab) => {
    // A highlight of the previous tab ends with it.
    store.set({ highlight: null });
    store.setting({ tab });
  },
  light: (highlight) => store.state.highlight !== highlight && store.set({ highlight }),
  choose: (selection) => store.set({ selection }),
  copy: (text) => copy(store, text),
  csv: async (i) => {
    const file = (await runner.csv())[i];
    if (file) saveFile(file.filename, new Blob([file.text], { type: 'text/csv' }));
  },
  goTo: (epoch) => runner.restoreEpoch(epoch),
};

/** @param {number} by */
function showExample(by) {
  const { opened } = store.state;
  if (!opened || drawing.inspector?.turnExample(by)) return;
  const { n } = shownSet(opened.info);
  runner.showExample(((runner.frame?.drawn ? -by : 0) + store.state.settings.example + by + n) % n);
}

/** Shows the page as its link wants it. */
function followLink() {
  const { link } = store.state;
  showLink(link, parts.author);
  if (link.view) store.setting({ tab: link.view });
}

function isDark() {
  const { theme } = store.state.settings;
  return theme === 'dark' || (theme === 'system' && systemDark.matches);
}

function setTheme() {
  document.documentElement.dataset.theme = store.state.settings.theme;
  drawing.palette = colours(isDark());
  drawing.requestAll();
}

/** Key of the model's layers. It ignores activations, so that a selection survives a change of activation. @param {import('./types.js').Opened | null} opened */
function shapesOf(opened) {
  return opened?.info.layers.map((layer) => ({ ...layer, activation: 0 }));
}

store.listen((state, before) => {
  if (state.settings !== before.settings) {
    saveSettings(state.settings);
    if (state.settings.theme !== before.settings.theme) setTheme();
  }
  if (state.opened && state.opened !== before.opened) {
    const { opened } = state;
    drawing.isolate('picture', () => views.network.open(opened));
    store.set({ highlight: null, hoveredRow: null, code: '' });
    // A selection stays valid in a run with the same layers.
    if (!same(shapesOf(state.opened), shapesOf(before.opened)))
      store.set({ selection: null, gradientPaths: [] });
    runner.side = views.network.side;
    setAddress(opened.text);
  }
  drawing.requestAll();
});

systemDark.addEventListener('change', setTheme);
document.addEventListener('visibilitychange', drawing.request);
window.addEventListener('hashchange', () => {
  store.set({ link: readView(location.hash, VIEW_IDS) });
  followLink();
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
drawing.begin({
  ...views,
  comparison: new ComparisonOnDemand(parts.compare, store, runner, {
    runs,
    save: saveFile,
    redraw: drawing.request,
  }),
  editing,
  headerActions,
  tabActions,
  tabs: [{ id: 'compare', label: 'Compare' }, ...VIEWS],
});
setTheme();
followLink();
openFirst().then(loadRest, (/** @type {Error} */ error) => {
  store.set({ alarm: error.message, playing: false });
  if (!(error instanceof NoEngine)) console.error(error);
});

/** Trains until the batch that a link asks for. @param {number} batch */
async function trainTo(batch) {
  await runner.trainTo(batch);
  const { steps = 0, done } = runner.frame ?? {};
  if (done && steps < batch)
    store.announce(
      `The link asks for batch ${batch.toLocaleString('en')}, but this run ends after batch ${steps.toLocaleString('en')}.`,
    );
}

/** Loads the parts that follow the first picture. @param {boolean} isOwn whether the page's own experiment is open */
async function loadRest(isOwn) {
  if (isOwn) deferred.skipAdvice();
  const { batch, problems } = store.state.link;
  if (problems.length) store.set({ alarm: problems.join(' ') });
  if (batch && (runner.frame?.steps ?? 0) < batch) trainTo(batch);
  runs.load();
  const charts = await import('./picture/charts/curve.js').catch(() => undefined);
  if (charts) views.curves.drawWith(charts.Curve);
  drawing.request();
  const module = await import('./step/inspector.js').catch(() => undefined);
  if (!module || !charts) {
    const what = module ? 'The charts' : 'The inspector';
    store.announce(`${what} could not be loaded. Reload the page to try again.`);
  }
  if (!module) return;
  drawing.inspector = new module.Inspector(store, runner, parts, (texts = false) =>
    texts ? drawing.requestAll() : drawing.request(),
  );
  deferred.requestDeferred();
  drawing.requestAll();
}
