// The results of one network: a bar and numbers for each contestant, and the ratios of their speeds.
// The first contestant is Glassbox.
import { figure, ratio, shown } from '../../benches/race.js';

/**
 * Returns a function that draws the results of a network.
 * @param {HTMLElement} under
 * @param {import('../../benches/workloads.js').Workload} workload
 * @returns {(entries: import('../../benches/race.js').Entry[]) => void}
 */
export function results(under, workload) {
  const section = document.createElement('section');
  section.dataset.workload = workload.id;
  under.append(section);
  return (entries) => {
    const title = element('h2', `${workload.id}: ${workload.title}`);
    section.replaceChildren(title, ...verdicts(entries), table(entries, workload.id));
  };
}

/** Compares with each other library. @param {import('../../benches/race.js').Entry[]} entries */
function verdicts([ours, ...others]) {
  return others.flatMap((theirs) => {
    const times = ratio(theirs.samples, ours.samples);
    if (!times) return [];
    const line = element('p');
    line.className = 'ratio';
    const number = element('b', `${shown(times.median)} times`);
    number.dataset.ratio = String(times.median);
    line.append(
      number,
      ` as fast as ${theirs.name} (${shown(times.least)} to ${shown(times.most)})`,
    );
    return line;
  });
}

/** @param {import('../../benches/race.js').Entry[]} entries @param {string} id */
function table(entries, id) {
  const all = element('table');
  all.setAttribute('aria-label', `Milliseconds per epoch, ${id}`);
  const time = (/** @type {import('../../benches/race.js').Entry} */ { samples, ready }) =>
    figure(samples)?.median ?? ready?.ms ?? 0;
  const most = Math.max(...entries.map(time));
  for (const [i, entry] of entries.entries()) {
    const row = element('tr');
    if (i === 0) row.className = 'ours';
    const name = element('th', entry.name);
    name.setAttribute('scope', 'row');
    const chart = element('td');
    const length = element('div');
    if (time(entry) > 0) {
      length.className = 'time';
      length.style.width = `${(100 * time(entry)) / most}%`;
    }
    chart.append(length);
    row.append(name, chart, numbers(entry));
    all.append(row);
  }
  return all;
}

/** @param {import('../../benches/race.js').Entry} entry */
function numbers({ samples, ready, trouble, slower }) {
  const cell = element('td');
  const found = figure(samples);
  const spread = element('span');
  spread.className = 'spread';
  if (trouble) cell.append(`failed: ${trouble}`);
  else if (found) {
    cell.className = 'numbers';
    cell.append(`${shown(found.median)} ms`, spread);
    spread.textContent = `${shown(found.least)} to ${shown(found.most)}`;
    if (ready && ready.batches < ready.of) {
      spread.textContent += `; ${ready.batches} of ${ready.of} batches, scaled`;
      cell.className = '';
    }
  } else if (ready) {
    cell.append(`${shown(ready.ms)} ms`, spread);
    spread.textContent = slower ? 'warm-up; the slower of the two' : 'warm-up';
  }
  return cell;
}

/** @param {string} name @param {string} [text] */
function element(name, text = '') {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
