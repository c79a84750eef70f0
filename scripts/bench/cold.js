// From the start of a process or a page to the end of the lesson's training: loading and compiling included.
import { EPOCHS } from '../../benches/lesson.js';
import { WORKLOADS } from '../../benches/workloads.js';
import { stage } from '../stage.js';
import { IN_BROWSER } from './browser.js';
import { Program, writeRows } from './native.js';

const lesson = WORKLOADS[0];

/** Milliseconds of each round, and the loss of the last epoch. @typedef {{ name: string, ms: number[], loss: number, trouble?: string }} Cold */

/**
 * Measures each contestant in a process or a page of its own, in turn.
 * @param {import('./browser.js').Bench[]} browsers
 * @param {import('./native.js').Command[]} commands
 * @param {string[]} wanted
 * @param {number} rounds
 * @returns {Promise<Cold[]>}
 */
export async function measureCold(browsers, commands, wanted, rounds) {
  writeRows(lesson);
  const starts = [
    ...browsers.flatMap((browser) =>
      IN_BROWSER.filter(({ group }) => wanted.includes(group)).map(({ contestant }) => ({
        name: `${browser.name} ${contestant}`,
        run: () => browser.cold(contestant, lesson, EPOCHS),
      })),
    ),
    ...commands.map((command) => ({ name: command.name, run: () => inProcess(command) })),
  ];
  const found = starts.map(({ name }) => /** @type {Cold} */ ({ name, ms: [], loss: NaN }));
  for (let round = 1; round <= rounds; round++) {
    await stage(`cold, round ${round}`, async () => {
      for (const [i, { run }] of starts.entries()) {
        if (found[i].trouble) continue;
        try {
          const { ms, loss } = await run();
          found[i].ms.push(ms);
          found[i].loss = loss;
        } catch (error) {
          found[i].trouble = error instanceof Error ? error.message : String(error);
        }
      }
    });
  }
  return found;
}

/** @param {import('./native.js').Command} command */
async function inProcess(command) {
  const start = performance.now();
  const program = new Program(command);
  try {
    const loss = await program.cold(lesson.rows, EPOCHS);
    return { ms: performance.now() - start, loss };
  } finally {
    program.close();
  }
}
