// The groups of views in the panel below the picture. Each view is in one group.

/** @typedef {{ id: string, label: string, views: string[] }} Group */

/** @type {Group[]} */
export const GROUPS = [
  { id: 'draw', label: 'Draw', views: ['draw'] },
  { id: 'inside', label: 'Step by step', views: ['inside'] },
  {
    id: 'explain',
    label: 'Explain',
    views: ['units', 'errors', 'spread', 'warp', 'surface', 'beside', 'honesty'],
  },
  { id: 'compare', label: 'Compare', views: ['compare'] },
  { id: 'text', label: 'Code & log', views: ['code', 'log', 'summary'] },
];

/**
 * Returns the groups with the views that can be shown, and the view and group to show: the wanted view, else the first.
 * @param {string[]} available ids of the views that can be shown
 * @param {string} wanted
 */
export function groupsOf(available, wanted) {
  const groups = GROUPS.map((group) => ({
    ...group,
    views: group.views.filter((id) => available.includes(id)),
  })).filter(({ views }) => views.length > 0);
  const group = groups.find(({ views }) => views.includes(wanted)) ?? groups[0];
  const view = group.views.includes(wanted) ? wanted : group.views[0];
  return { groups, group, view };
}

/** Ids of all views. */
export const VIEW_IDS = GROUPS.flatMap(({ views }) => views);
