// The wiring: store, runner and views are made here and know each other only through what is passed on.
import catalog from '../pkg/catalog.json';
import { linkOf, setAddress } from './address.js';
import { partsApart } from './apart.js';
import { colours } from './colour.js';
import { takeDrops } from './dropping.js';
import { NoEngine } from './engine/absent.js';
import { shownSet } from './engine/frame.js';
import { listenToKeys } from './keys.js';
import { Shelf, rememberSettings, rememberedSettings } from './memory.js';
import { opening, putBack } from './opening.js';
import { FIRST, preset } from './presets.js';
import { reading } from './reading.js';
import { Runner } from './runner.js';
import { number } from './figures.js';
import { same } from './same.js';
import { Store } from './store.js';
import { CurvesView } from './views/curves.js';
import { DrawView } from './views/draw.js';
import { header } from './views/header.js';
import { help } from './views/help.js';
import { NetworkView } from './views/network.js';
import { PredictionsView } from './views/predictions.js';
import { settings } from './views/settings.js';
import { shell } from './views/shell.js';
import { tabs } from './views/tabs.js';
import { TransportView } from './views/transport.js';

const parts = shell(/** @type {HTMLElement} */ (document.getElementById('app')));
const systemDark = matchMedia('(prefers-color-scheme: dark)');

const store = new Store({
  catalog,
  opened: null,
  draft: FIRST,
  refused: null,
  advice: [],
  playing: false,
  notice: '',
  alarm: '',
  canUndo: false,
  moment: null,
  lit: null,
  pointed: null,
  chosen: null,
  trail: [],
  log: '',
  code: '',
  settings: rememberedSettings(),
});

const runner = new Runner(store, {
  onFrame: () => {
    forms ||= runner.frame?.hash !== undefined;
    read.log();
    changed();
  },
  onEdit: (draft, checkpoint, left) => shelf.put(JSON.stringify(draft), checkpoint, left),
  onSaved: (text, checkpoint) => {
    shelf.put(text, checkpoint);
    if (checkpoint && runner.frame) glass?.keep(text, runner.frame.steps, checkpoint);
  },
});

/** The experiment is kept in this browser: said once, where it cannot be. */
let keeps = true;
const shelf = new Shelf(() => {
  if (keeps)
    store.set({
      notice:
        'This browser does not let the page keep the experiment: “Copy link” or “Save” keeps it for you.',
    });
  keeps = false;
});

/** What looks inside a run: fetched when the first picture is there. @type {import('./glass/glass.js').Glass | undefined} */
let glass;

const apart = partsApart((alarm) => store.set({ alarm }));
const read = reading(store, runner, () => glass);

/** Milliseconds between two pictures while it plays: smooth enough, and the machine has air to train. */
const DRAW_EVERY = 28;

// Drawing: at most once per picture of the screen, from the newest frame, never in a hidden tab.

let due = false;
let turns = 0;
let drawnAt = 0;
let forms = true;
/** The picture waits since the forms were drawn. */
let waits = false;
let palette = colours(isDark());

function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(draw);
}

function draw() {
  due = false;
  if (document.hidden) return;
  const { state } = store;
  const now = performance.now();
  if (state.playing && now - drawnAt < DRAW_EVERY) return changed();
  drawnAt = now;
  const { history } = runner;
  const frame = glass?.frame ?? runner.frame;
  if (forms) {
    drawForms();
    // The picture comes with the next one: both at once would take long. It comes then in any case.
    if (state.playing && !waits) {
      waits = true;
      return changed();
    }
  }
  waits = false;
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
  // While it plays, the slow parts take turns, so that no picture takes long.
  const often = state.playing && state.settings.speed !== 'slow';
  const turn = often ? ++turns % 4 : -1;
  const pointed = state.pointed === null ? null : rowAt(state.pointed);
  const shown = { label, of: n, drawn: frame.drawn };
  apart('buttons', () => views.transport.render(state, runner.frame, history));
  apart('picture', () =>
    views.network.draw(frame, input, shown, state, pointed, palette, turn < 1),
  );
  if (turn < 0 || turn === 1) {
    const { settings, moment } = state;
    const { metric } = settings;
    apart('curves', () =>
      views.curves.draw(history, runner.left.runs, opened.info, metric, palette, moment),
    );
  }
  if (turn < 0 || turn === 3)
    apart('predictions', () => views.predictions.draw(opened, frame, state, palette));
  apart('drawing pad', () => views.pad.draw(opened, frame, palette));
  if (turn < 0 || turn === 2) apart('views of a step', () => glass?.draw(palette));
}

/** @type {import('./views/settings.js').Edit} */
function edit(change, what) {
  // From the newest draft: what is drawn may be a picture behind, and what was to be changed may be gone by now.
  const { draft } = store.state;
  const next = change(draft);
  if (next !== draft) runner.edit(next, what);
}

/** What the settings were last drawn for. @type {unknown[]} */
let drawnFor = [];

/** What only changes when the store does. */
function drawForms() {
  forms = false;
  const { state } = store;
  const { draft, refused, opened, advice } = state;
  const asked = [draft, refused, opened, advice, state.settings.theme];
  if (asked.some((part, i) => part !== drawnFor[i])) {
    drawnFor = asked;
    // Nothing can be changed before a run is open.
    parts.settings.inert = !opened;
    apart('header', () => header(parts.header, state, headerActions));
    apart('forms', () => settings(parts.settings, state, { edit, putBack: () => putBack(store) }));
  }
  if (!runner.frame) apart('buttons', () => views.transport.render(state, null, runner.history));
  const hash = (glass?.frame ?? runner.frame)?.hash;
  const { events } = runner.history;
  apart('tabs', () =>
    tabs(parts.tabs, parts.pad, state, events, hash, glass?.tabs ?? [], tabActions),
  );
  parts.notice.textContent = state.alarm || runner.frame?.trouble || state.notice;
  parts.notice.classList.toggle('alarm', Boolean(state.alarm || runner.frame?.trouble));
}

const views = {
  network: new NetworkView(parts.network, {
    redraw: changed,
    example: (by) => showExample(by),
    light: (lit) => store.set({ lit }),
    choose: (chosen) => store.set({ chosen }),
    inside: (chosen) => {
      store.set({ chosen });
      store.setting({ tab: 'inside' });
      glass?.pin();
      // On a low screen the panel is out of sight.
      if (parts.tabs.getBoundingClientRect().top > 0.6 * innerHeight)
        parts.tabs.scrollIntoView({ block: 'center' });
    },
  }),
  transport: new TransportView(parts.transport, {
    play: () => runner.play(),
    pause: () => runner.pause(),
    step: () => runner.step(),
    epoch: () => runner.epoch(),
    reset: () => runner.reset(),
    undo: () => runner.undo(),
    speed: (speed) => store.setting({ speed }),
  }),
  curves: new CurvesView(parts.curves, {
    redraw: changed,
    metric: (metric) => store.setting({ metric }),
    goTo: (epoch) => glass?.goToEpoch(epoch),
  }),
  predictions: new PredictionsView(parts.predictions, {
    pick: (example) => pickExample(example),
    point: (pointed) => store.set({ pointed }),
    filter: (filter) => store.setting({ filter }),
  }),
  pad: new DrawView(parts.pad, {
    drawn: (ink, side) =>
      runner
        .prepare(ink, Math.sqrt(ink.length), Math.sqrt(ink.length), side)
        .catch(() => undefined),
    show: (input) => {
      runner.drawing = input;
      if (!store.state.playing) runner.look();
    },
    redraw: changed,
  }),
};

/** @type {import('./views/header.js').HeaderActions} */
const headerActions = {
  data: (className) =>
    runner.edit(preset(className, store.state.draft.seed, store.state.draft), 'Other data'),
  seed: (text) => {
    const seed = Number(text);
    const draft = {
      ...store.state.draft,
      seed: text !== '' && Number.isFinite(seed) ? seed : /** @type {any} */ (text),
    };
    runner.edit(draft, `Seed ${text}`);
  },
  dice: async () => {
    const seed = await runner.randomSeed().catch(() => undefined);
    if (seed === undefined) return; // The engine is lost, and that is said.
    runner.edit({ ...store.state.draft, seed }, `Seed ${seed}`);
  },
  share: () =>
    copy(
      linkOf(store.state.opened?.text ?? ''),
      'The link is copied: it brings anyone to this very run.',
    ),
  save: () => {
    const text = JSON.stringify(store.state.opened?.experiment ?? {}, null, 2);
    saveFile('glassbox-experiment.json', text, 'application/json');
  },
  open: (file) => openFile(file),
  help: () => help(parts.dialog),
  theme: (theme) => store.setting({ theme }),
};

/** @type {Parameters<typeof tabs>[6]} */
const tabActions = {
  tab: (tab) => {
    // What the last tab lit up goes out with it.
    store.set({ lit: null });
    store.setting({ tab });
  },
  light: (lit) => store.state.lit !== lit && store.set({ lit }),
  choose: (chosen) => store.set({ chosen }),
  copy,
  csv: async (i) => {
    const file = (await runner.csv())[i];
    if (file) saveFile(file.filename, file.text, 'text/csv');
  },
  goTo: (epoch) => runner.goTo(epoch),
};

/**
 * @param {string} name
 * @param {string} text
 * @param {string} type
 */
function saveFile(name, text, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * @param {string} text
 * @param {string} [notice]
 */
async function copy(text, notice = 'Copied.') {
  try {
    await navigator.clipboard.writeText(text);
    store.set({ notice });
  } catch {
    store.set({
      notice: 'This browser does not let the page copy; the link stands in the address bar.',
    });
  }
}

/** @param {number} by */
function showExample(by) {
  const { opened } = store.state;
  if (!opened) return;
  const { n } = shownSet(opened.info);
  pickExample(((runner.frame?.drawn ? -by : 0) + store.state.settings.example + by + n) % n);
}

/** @param {number} example */
function pickExample(example) {
  runner.drawing = null;
  store.setting({ example });
  if (!store.state.playing) runner.look();
}

function isDark() {
  const { theme } = store.state.settings;
  return theme === 'dark' || (theme === 'system' && systemDark.matches);
}

function setTheme() {
  document.documentElement.dataset.theme = store.state.settings.theme;
  palette = colours(isDark());
  forms = true;
  changed();
}

/** What a picked unit is part of, whatever it computes. @param {import('./types.js').Opened | null} opened */
function layersOf(opened) {
  return opened?.info.layers.map((layer) => ({ ...layer, activation: 0 }));
}

store.listen((state, before) => {
  forms = true;
  if (state.settings !== before.settings) {
    rememberSettings(state.settings);
    if (state.settings.theme !== before.settings.theme) setTheme();
  }
  if (state.opened && state.opened !== before.opened) {
    const { opened } = state;
    apart('picture', () => views.network.open(opened));
    store.set({ lit: null, pointed: null, code: '' });
    // What was picked is there in the new run too, unless its layers are others.
    if (!same(layersOf(state.opened), layersOf(before.opened)))
      store.set({ chosen: null, trail: [] });
    runner.side = views.network.side;
    setAddress(opened.text);
  }
  changed();
});

systemDark.addEventListener('change', setTheme);
document.addEventListener('visibilitychange', changed);
listenToKeys({
  toggle: () => (store.state.playing ? runner.pause() : runner.play()),
  step: () => runner.step(),
  epoch: () => runner.epoch(),
  reset: () => runner.reset(),
  undo: () => runner.undo(),
  help: () => help(parts.dialog),
});

const { begin, openFile } = opening(store, runner);
takeDrops(openFile, () =>
  store.set({
    alarm: 'Only a file can be dropped here: an experiment that was saved from this page.',
  }),
);
setTheme();
begin().then(later, (/** @type {Error} */ error) => {
  store.set({ alarm: error.message });
  if (!(error instanceof NoEngine)) console.error(error);
});

/** What comes after the first picture. @param {boolean} isOwn the page's own experiment is open */
async function later(isOwn) {
  if (isOwn) read.isOwn();
  const charts = await import('./charts/curve.js').catch(() => undefined);
  if (charts) views.curves.drawWith(charts.Curve);
  changed();
  const looks = await import('./glass/glass.js').catch(() => undefined);
  if (!looks || !charts) {
    const what = looks ? 'What draws the curves' : 'What looks inside a run';
    store.set({ notice: `${what} could not be fetched: reload the page to try again.` });
  }
  if (!looks) return;
  glass = new looks.Glass(store, runner, parts, (texts = false) => {
    forms ||= texts;
    changed();
  });
  read.all();
  forms = true;
  changed();
}
