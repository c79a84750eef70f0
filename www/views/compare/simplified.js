// What the comparison simplifies.

/** Simplifications of this view. */
export const simplified = [
  'The runs of a race use the same engine, data and seed as the page, so each has the numbers that it would have here.',
  'With several seeds a line is their mean, and the band goes from the lowest to the highest value. The seeds are that of the experiment and the next ones.',
  'The time of a run is that of training alone. Runs of a race share the processor, so their times are longer than that of a run by itself.',
  'The last 40 runs are kept in this browser, each with at most 800 epochs of its curves, without its weights. Opening one trains it again, to the same numbers.',
  'Runs that differ in the number of epochs only are one run: the charts and the table show the longest.',
  'The charts show at most eight runs beside the current one. A race of more than 40 variants is not in the table of runs. A heat map is gone after the page is closed.',
];
