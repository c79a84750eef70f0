// Random events on the page, reproducible by seed. Usage:
//   node tests/browser/monkey.mjs --browser chromium --events 20000 --seed 1
//   node tests/browser/monkey.mjs --browser chromium --seed 1 --from 4711 --to 4760 --link '#e=...'
// The kind of an event depends only on the seed and its number; its target depends on the current page.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { launch, quit } from '../../scripts/launch.js';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** Relative frequency of each kind of event. @type {Record<string, number>} */
const KINDS = {
  type: 18,
  choose: 18,
  press: 22,
  play: 12,
  burst: 6,
  run: 6,
  tick: 5,
  tab: 5,
  moment: 5,
  key: 8,
  mouse: 6,
  fold: 2,
  drop: 1,
  link: 1,
  size: 1,
  reload: 0.2,
};
/** Maximum milliseconds from a press of Play to a step, while the engine is idle. */
const DEAD = 3000;
/** Number of events that are printed after a failure. */
const TOLD = 30;

const KEYS = ' |ArrowRight|ArrowLeft|ArrowUp|ArrowDown|r|u|?|Escape|Tab|Enter|Delete|7'.split('|');
const TEXTS =
  '0|1|2|3|4|5|8|16|-1|0.1|0,5|1e-3|1e30|1e9|NaN|x||2, 2|[4, 1]|none|0.9|32|0: 2, 1: 0.5'.split(
    '|',
  );
const DATA = ['Digits01', 'Blobs', 'Circles', 'Xor', 'Moons', 'Sine'];

/** Returns the random numbers of an event. @param {number} seed @param {number} n */
function dice(seed, n) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0;
  return Array.from({ length: 6 }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  });
}

/** Returns the kind of an event for a random number. @param {number} share */
function kindOf(share) {
  const all = Object.entries(KINDS);
  let left = share * all.reduce((sum, [, weight]) => sum + weight, 0);
  return (all.find(([, weight]) => (left -= weight) < 0) ?? all[0])[0];
}

/**
 * Listens to the errors of a page and to the messages of its training worker. Called before the page loads.
 * @param {Page} page
 */
function listen(page) {
  return page.evaluateOnNewDocument(() => {
    const heard = { faults: [], traps: [], steps: 0, made: 0, asked: 0, done: false, stuck: false };
    const all = /** @type {any} */ (Object.assign(window, { heard })).heard;
    const tell = (/** @type {any} */ e) => all.faults.push(String(e?.stack ?? e));
    addEventListener('error', (event) => tell(event.error ?? event.message));
    addEventListener('unhandledrejection', (event) => tell(event.reason));
    const Native = window.Worker;
    window.Worker = class extends Native {
      /** @param {ConstructorParameters<typeof Worker>} given */
      constructor(...given) {
        super(...given);
        const trains = given[1]?.name === 'train';
        let text = '';
        /** @type {Map<number, string>} */
        const calls = new Map();
        if (trains) all.asked = 0;
        const counted = new Set();
        const post = this.postMessage.bind(this);
        this.postMessage = (/** @type {any} */ message, /** @type {any} */ more) => {
          const { id, call, args } = message;
          if (call === 'open' || call === 'advise') {
            text = typeof args[0] === 'string' ? args[0] : JSON.stringify(args[0]);
          }
          calls.set(id, call);
          if (trains && !['alive', 'start', 'nudge'].includes(call)) {
            counted.add(id);
            all.asked++;
          }
          post(message, more);
        };
        this.addEventListener('message', ({ data }) => {
          if (counted.delete(data.id)) all.asked--;
          if (data.error?.trapped) all.traps.push({ call: calls.get(data.id), text });
          calls.delete(data.id);
          const frame = data.result;
          if (!trains || typeof frame?.steps !== 'number' || !frame.buffers) return;
          if (frame.steps > all.steps) all.made++;
          all.steps = frame.steps;
          all.done = frame.done;
          all.stuck = Boolean(frame.trouble);
        });
      }
    };
  });
}

/**
 * In the page: fires one event and returns its description.
 * @param {string} kind
 * @param {number[]} r random numbers
 * @param {string[]} texts to type
 * @param {string} text to drop or to open as a link
 */
function act(kind, r, texts, text) {
  const pick = (/** @type {any[]} */ list, at = 0) => list[Math.floor(r[at] * list.length)];
  const seen = (/** @type {string} */ selector) =>
    /** @type {any[]} */ ([...document.querySelectorAll(selector)]).filter(
      (e) => !e.disabled && e.getClientRects().length > 0,
    );
  const name = (/** @type {HTMLElement} */ e) =>
    e.id ||
    e.getAttribute('aria-label') ||
    e.textContent?.trim().replace(/\s+/g, ' ').slice(0, 30) ||
    e.className;
  const fire = (/** @type {HTMLElement} */ e, /** @type {string} */ type) =>
    e.dispatchEvent(new Event(type, { bubbles: true }));
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector('dialog[open]'));
  if (dialog && r[5] < 0.7) {
    dialog.close();
    return 'closes the help';
  }
  if (kind === 'type') {
    const field = pick(seen('input[type=text]'));
    if (!field) return '';
    field.focus();
    field.value = pick(texts, 1);
    fire(field, 'input');
    fire(field, 'change');
    return `types ${JSON.stringify(field.value)} into ${name(field)}`;
  }
  if (kind === 'choose') {
    const field = r[2] < 0.1 ? document.getElementById('data') : pick(seen('select'));
    if (!field) return '';
    const option = pick([...field.options], 1);
    if (!option) return '';
    field.value = option.value;
    fire(field, 'change');
    return `chooses ${option.value} in ${name(field)}`;
  }
  if (kind === 'press') {
    const all = seen('button').filter(
      (b) => !/^(Open|Save)|^play$/.test(name(b)) && !b.classList.contains('play'),
    );
    // Half of the presses are in the settings.
    const some = all.filter((b) => b.closest('.settings'));
    const button = pick(r[2] < 0.5 && some.length ? some : all);
    if (!button) return '';
    if (r[3] < 0.3) button.focus();
    button.click();
    return `presses ${name(button)}`;
  }
  if (kind === 'run') {
    const button = pick(seen('.transport .buttons button:not(.play)'));
    button?.click();
    return button ? `presses ${name(button)}` : '';
  }
  if (kind === 'tick') {
    const box = pick(seen('input[type=checkbox], input[type=radio]'));
    box?.click();
    return box ? `ticks ${box.value} ${name(box)}` : '';
  }
  if (kind === 'tab') {
    const tab = pick(seen('[role=tab]'));
    tab?.click();
    return tab ? `opens the tab ${tab.id}` : '';
  }
  if (kind === 'fold') {
    const summary = pick(seen('summary'));
    summary?.click();
    return summary ? `folds ${name(summary)}` : '';
  }
  if (kind === 'moment') {
    const slider = /** @type {any} */ (document.getElementById('moment'));
    if (!slider || slider.disabled) return '';
    slider.value = String(Math.round(Number(slider.min) + r[0] * (slider.max - slider.min)));
    fire(slider, 'input');
    return `goes to batch ${slider.value}`;
  }
  if (kind === 'drop') {
    const data = new DataTransfer();
    data.items.add(new File([text], 'experiment.json'));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
    );
    return `drops ${text.slice(0, 60)}`;
  }
  if (kind === 'link') {
    const bytes = [...new TextEncoder().encode(text)].map((b) => String.fromCharCode(b)).join('');
    location.hash = `#e=${r[1] < 0.2 ? '%' : ''}${btoa(bytes)}`;
    return `follows a link to ${text.slice(0, 60)}`;
  }
  return '';
}

/** In the page: returns its state. */
function stand() {
  const all = /** @type {any} */ (window).heard;
  const play = /** @type {HTMLButtonElement | null} */ (document.querySelector('.play'));
  // The forms are made when the drawer is first opened.
  const forms = document.querySelector('.settings .drawer-head')
    ? ['#section-specify', '.layers li']
    : [];
  const missing = [
    ...forms,
    '.header h1',
    '.play',
    '.units button',
    '.curves section',
    '.predictions h2',
    '[role=tab]',
  ].filter((part) => !document.querySelector(part));
  return {
    missing,
    faults: all.faults.splice(0),
    traps: all.traps.splice(0),
    made: all.made,
    asked: all.asked,
    stuck: all.stuck,
    said: document.querySelector('.notice')?.textContent,
    refused: document.querySelector('.refusal')?.textContent,
    main: play && !play.disabled ? play.textContent?.trim() : '',
    hash: location.hash,
  };
}

/** Returns an experiment to drop or to open as a link; about a third are invalid. @param {number[]} r */
function experiment(r) {
  if (r[2] < 0.3) return ['once upon a time', '[1, 2]', '{"data": 7}', ''][Math.floor(r[3] * 4)];
  const units = [1, 2, 4][Math.floor(r[3] * 3)];
  return JSON.stringify({
    data: { class_name: DATA[Math.floor(r[4] * DATA.length)], config: {} },
    model: {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'Dense', config: { units, activation: 'tanh' } },
          { class_name: 'Dense', config: { units: 1 } },
        ],
      },
    },
    compile: {
      optimizer: { class_name: 'SGD', config: {} },
      loss: { class_name: 'MeanSquaredError', config: {} },
      metrics: [],
    },
    fit: { epochs: 1 + Math.floor(r[5] * 30) },
    seed: 1,
  });
}

/**
 * Fires events on a page.
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url
 * @param {{ seed: number, from?: number, to: number, link?: string, until?: number, say?: (line: string) => void }} options `until`: time of the end
 */
export async function monkey(
  browser,
  url,
  { seed, from = 0, to, link = '', until = Infinity, say },
) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  /** @type {{ call: string, text: string }[]} */
  const traps = [];
  const plays = { pressed: 0, waited: 0, slowest: 0, dead: 0 };
  // The message of a panic is reported with its trap.
  page.on('console', (m) => {
    if (m.type() === 'error' && !m.text().startsWith('panicked at'))
      faults.push(`console: ${m.text()}`);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await listen(page);
  await page.evaluateOnNewDocument(`window.act = ${act};`);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url + link);
  await hand.ready(page);
  /** @type {{ n: number, what: string, hash: string }[]} */
  const last = [];
  let n = from;

  /** @param {string} why */
  const failed = (why) => {
    const events = last.map(({ n, what }) => `  ${n}: ${what}`).join('\n');
    const again = `--seed ${seed} --from ${last[0]?.n ?? n} --to ${n + 1} --link '${last[0]?.hash ?? ''}'`;
    return new Error(`${why}\nThe last events:\n${events}\nAgain: ${again}`);
  };

  /** Checks for errors. */
  const look = async () => {
    const now = await page.evaluate(stand);
    faults.push(...now.faults);
    traps.push(...now.traps);
    if (faults.length) throw failed(`Uncaught error: ${faults.join('; ')}`);
    return now;
  };

  /** Checks that no part of the page is missing for more than 3 seconds. */
  const whole = async () => {
    for (let tries = 0; ; tries++) {
      const { missing } = await look();
      if (missing.length === 0) return;
      if (tries > 60) throw failed(`The page lacks ${missing.join(', ')}.`);
      await hand.sleep(50);
    }
  };

  /**
   * Presses Play, often right after some edits. Half of the presses are watched until the next step.
   * @param {number[]} r
   */
  const play = async (r) => {
    const watched = r[0] < 0.5;
    const before = await page.evaluate(
      async (r, texts) => {
        const { act, heard } = /** @type {any} */ (window);
        const said = [];
        for (let edits = Math.floor(r[1] * 4); edits > 0; edits--) {
          r = [...r.slice(1), (r[0] * 7) % 1];
          said.push(act(edits % 2 ? 'choose' : 'type', r, texts, ''));
        }
        await new Promise((resolve) => setTimeout(resolve, r[2] * 150));
        const play = /** @type {HTMLButtonElement} */ (document.querySelector('.play'));
        const main = play.disabled ? '' : (play.textContent ?? '').trim();
        const { made } = heard;
        play.click();
        return { main, made, said: said.join(', ') };
      },
      r,
      TEXTS,
    );
    if (!before.main) return before.said;
    if (before.main === 'Pause' || !watched) return `${before.said} presses ${before.main}`;
    plays.pressed++;
    const started = Date.now();
    let free = started;
    for (;;) {
      const now = await look();
      if (now.made > before.made || now.stuck || now.said?.includes('No epoch is left')) break;
      // While the engine is busy, Play is not dead.
      if (now.asked > 0) free = Date.now();
      if (Date.now() - free > DEAD || Date.now() - started > 20 * DEAD) {
        plays.dead++;
        throw failed(
          `Play was pressed, and nothing trained in ${Date.now() - started} ms (${JSON.stringify({ ...now, hash: '' })}).`,
        );
      }
      await hand.sleep(15);
    }
    const took = Date.now() - started;
    if (took > DEAD) plays.waited++;
    plays.slowest = Math.max(plays.slowest, took);
    return `${before.said} presses ${before.main}: a step after ${took} ms`;
  };

  for (; n < to && Date.now() < until; n++) {
    const r = dice(seed, n);
    const kind = kindOf(r[0]);
    const rest = r.slice(1).concat(r[0]);
    let what = '';
    const { hash } = await look();
    try {
      if (kind === 'play') what = await play(rest);
      else if (kind === 'key') {
        const key = KEYS[Math.floor(rest[0] * KEYS.length)];
        const onLink = await page.evaluate(() =>
          /** @type {any} */ (document.activeElement)?.matches?.('a, select, #open-file'),
        );
        const shift = rest[1] < 0.3;
        if (!onLink || key === 'Tab') {
          if (shift) await page.keyboard.down('Shift');
          await page.keyboard.press(/** @type {any} */ (key));
          if (shift) await page.keyboard.up('Shift');
          what = `key ${shift ? 'shift ' : ''}${key}`;
        }
      } else if (kind === 'mouse') {
        const { width, height } = page.viewport() ?? { width: 0, height: 0 };
        const [x, y] = [rest[0] * (width - 70), rest[1] * (height - 50)];
        await page.mouse.move(x, y);
        const free = await page.evaluate(
          (x, y) => {
            const under = document.elementFromPoint(x, y);
            const name = under?.closest('button')?.textContent?.trim() ?? '';
            return under && !under.closest('a, select, [type=file]') && !/^(Open|Save)/.test(name);
          },
          x,
          y,
        );
        if (free && rest[2] < 0.6) {
          await page.mouse.down();
          if (rest[3] < 0.5) await page.mouse.move(x + 60, y + 40, { steps: 3 });
          await page.mouse.up();
        }
        what = `mouse at ${Math.round(x)}, ${Math.round(y)}`;
      } else if (kind === 'size') {
        const [width, height] = [360 + Math.round(rest[0] * 1100), 500 + Math.round(rest[1] * 500)];
        await page.setViewport({ width, height });
        what = `size ${width} x ${height}`;
      } else if (kind === 'reload') {
        await page.reload();
        await hand.ready(page);
        what = 'reload';
      } else if (kind === 'burst') {
        // Several events in one task, before the next drawing.
        what = await page.evaluate(
          (r, texts) => {
            const { act } = /** @type {any} */ (window);
            const kinds = ['type', 'choose', 'press', 'press', 'tick'];
            const said = [];
            for (let i = 0; i < 2 + r[0] * 4; i++) {
              r = [...r.slice(1), (r[0] * 13) % 1];
              said.push(act(kinds[Math.floor(r[5] * kinds.length)], r, texts, ''));
            }
            return said.join(', ');
          },
          rest,
          TEXTS,
        );
      } else what = await page.evaluate(act, kind, rest, TEXTS, experiment(rest));
    } catch (error) {
      last.push({ n, what: kind, hash });
      const known = error instanceof Error && error.message.includes('Again:');
      throw known ? error : failed(`${kind}: ${error}`);
    }
    if (what) last.push({ n, what, hash });
    if (last.length > TOLD) last.shift();
    if (n % 10 === 0) await whole();
    if (n % 500 === 499)
      say?.(`${n + 1} events, ${traps.length} traps, Play ${JSON.stringify(plays)}`);
    // The next event follows at once, after a frame, or after a pause.
    const pause = rest[4] < 0.6 ? 0 : rest[4] < 0.9 ? 40 : 200;
    if (pause) await hand.sleep(pause);
  }
  await whole();
  await context.close();
  return { events: n - from, traps, plays };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      browser: { type: 'string', default: 'chromium' },
      events: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      to: { type: 'string' },
      link: { type: 'string', default: '' },
    },
  });
  const [browser, site] = await Promise.all([
    launch(/** @type {import('../../scripts/launch.js').Name} */ (values.browser)),
    hand.serve(),
  ]);
  const started = Date.now();
  try {
    const from = Number(values.from);
    const { events, traps, plays } = await monkey(browser, site.url, {
      seed: Number(values.seed),
      from,
      to: values.to ? Number(values.to) : from + Number(values.events),
      link: values.link,
      say: console.log,
    });
    console.log(
      `${events} events in ${Math.round((Date.now() - started) / 1000)} s, 0 errors, ${traps.length} traps, Play ${JSON.stringify(plays)}`,
    );
    const lines = traps.map(({ call, text }) => `trap in ${call}:\n  ${text}`);
    for (const trap of new Set(lines)) console.log(trap);
    if (traps.length) process.exitCode = 1;
  } catch (error) {
    console.log(String(error));
    process.exitCode = 1;
  }
  await quit(browser);
  site.close();
}
