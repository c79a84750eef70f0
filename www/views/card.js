// The card beside the pointer, with the numbers of one unit or weight. On a narrow screen it is a sheet at the bottom.
import { html, render } from 'lit-html';

/** Pixels between a box and its card. */
const GAP = 10;
/** Pixels by which the card may stand over what is right of the picture, rather than over the network. */
const OVER = 150;
const narrow = matchMedia('(width < 768px)');

export class Card {
  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} picture
   * @param {() => void} close
   */
  constructor(element, picture, close) {
    this.element = element;
    this.picture = picture;
    this.close = close;
    element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
    });
  }

  hide() {
    if (!this.element.hidden) this.element.hidden = true;
  }

  /**
   * Shows the card beside a box: to its right, or to its left where there is no room.
   * @param {import('../picture/layout.js').Box} box
   * @param {boolean} isPinned whether its unit or weight is selected, so that it stays and can be used
   * @param {unknown} content
   */
  show(box, isPinned, content) {
    const { element, picture } = this;
    element.hidden = false;
    element.classList.toggle('pinned', isPinned);
    render(
      html`<button type="button" class="icon close-card" aria-label="Close" @click=${this.close}>
          ✕</button
        >${content}`,
      element,
    );
    if (narrow.matches) {
      element.style.translate = '';
      return;
    }
    const { offsetWidth: width, offsetHeight: height } = element;
    const [left, top] = [box.x - picture.scrollLeft, box.y];
    const [w, h] = [picture.clientWidth, picture.clientHeight];
    const right = left + box.w + GAP;
    const x = right + width <= w + OVER ? right : Math.max(0, left - GAP - width);
    const y = Math.max(0, Math.min(h - height, top + box.h / 2 - height / 2));
    element.style.translate = `${Math.round(picture.offsetLeft + x)}px ${Math.round(picture.offsetTop + y)}px`;
  }
}
