// The base class of the views of one step.
import { html, render } from 'lit-html';

export class StepView {
  /** @param {HTMLElement} element @param {import('../../step/inspector.js').Tools} tools */
  constructor(element, tools) {
    this.element = element;
    this.tools = tools;
  }

  /** Shows a message in place of the view. @param {unknown} content */
  showMessage(content) {
    render(html`<p class="soft pad-text">${content}</p>`, this.element);
  }

  /** The canvases of the view with a selector. @param {string} selector */
  canvases(selector) {
    return /** @type {HTMLCanvasElement[]} */ ([...this.element.querySelectorAll(selector)]);
  }
}
