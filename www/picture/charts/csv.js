// The numbers of the charts as a CSV file. Pure functions.

/**
 * The numbers of all runs in the charts: one line for each run and epoch.
 * @param {Pick<import('../../views/curves.js').Shown, 'history' | 'others'>} shown
 */
export function csvOf({ history, others }) {
  const current = {
    name: 'this run',
    names: history.names,
    at: history.at,
    rows: history.epochs,
  };
  const all = [current, ...others.map(({ name, run }) => ({ ...run, name }))];
  const columns = [...new Set(all.flatMap(({ names }) => names))];
  const lines = all.flatMap(({ name, names, at, rows }) =>
    rows.map((row, i) =>
      [name, at[i], ...columns.map((column) => row[names.indexOf(column)])].map(csvField).join(','),
    ),
  );
  return [['run', 'epoch', ...columns].map(csvField).join(','), ...lines, ''].join('\r\n');
}

/** One field of a CSV file. @param {unknown} value */
export function csvField(value) {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
