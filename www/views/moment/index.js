// The views of one step, in the order of their tabs. Each module loads when its tab is first opened.

/** @type {import('../../step/inspector.js').ViewKind[]} */
export const VIEWS = [
  { id: 'inside', label: 'Step by step', traced: true, load: () => import('./inside.js') },
  { id: 'units', label: 'Why this prediction?', traced: false, load: () => import('./units.js') },
  { id: 'errors', label: 'Errors', traced: false, load: () => import('./errors.js') },
  { id: 'spread', label: 'Distributions', traced: false, load: () => import('./spread.js') },
  { id: 'warp', label: 'Feature space', traced: false, load: () => import('./warp.js') },
  { id: 'surface', label: 'Loss surface', traced: false, load: () => import('./surface.js') },
  { id: 'beside', label: 'Logistic regression', traced: false, load: () => import('./beside.js') },
  { id: 'honesty', label: 'Simplifications', traced: false, load: () => import('./honesty.js') },
];
