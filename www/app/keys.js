// Keyboard shortcuts of the whole page. They do not apply where the focused element handles the key itself.

/** `forward`: the key of a presenter. @typedef {'toggle' | 'step' | 'epoch' | 'reset' | 'undo' | 'help' | 'forward'} Action */

/** Elements that handle letters, spaces or arrows. */
const OWN =
  'input:not([type=radio]):not([type=checkbox]), select, textarea, [role=application], dialog';

/** Elements in which an arrow key moves something or scrolls. */
const ARROWS = 'input, pre, .table, .units, .timeline, .glass-panel, [role=tablist]';

/**
 * Listens to the shortcuts.
 * @param {Record<Action, () => void>} actions
 */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest?.(OWN) || document.querySelector('dialog[open]')) return;
    const action = actionOf(event, target);
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} target
 * @returns {Action | null}
 */
function actionOf({ key, shiftKey, repeat }, target) {
  // Space presses a button, opens a summary, toggles a checkbox and scrolls a list.
  if (key === ' ')
    return target.closest?.('button, summary, input, a, [tabindex]') || repeat ? null : 'toggle';
  if (key === 'ArrowRight') {
    if (target.closest?.(ARROWS)) return null;
    return shiftKey ? 'epoch' : 'step';
  }
  if (repeat) return null;
  if (key === 'PageDown' && document.documentElement.dataset.present) return 'forward';
  if (key === 'r' || key === 'R') return 'reset';
  if (key === 'u' || key === 'U') return 'undo';
  return key === '?' ? 'help' : null;
}
