// The title and the task of a link, in the words of its author, and the way from an embedded page to the whole one.
import { html, nothing, render } from 'lit-html';

/**
 * Shows the page as its link wants it.
 * @param {import('../app/link.js').LinkView} link
 * @param {HTMLElement} author
 */
export function showLink(link, author) {
  const { dataset } = document.documentElement;
  render(authorText(link), author);
  dataset.hide = link.hide.join(' ');
  dataset.present = link.present ? 'on' : '';
  dataset.embed = link.embed ? 'on' : '';
  if (link.title) document.title = `${link.title} · Glassbox`;
}

/** @param {import('../app/link.js').LinkView} link */
function authorText({ title, task, embed }) {
  return html`${title ? html`<h2>${title}</h2>` : nothing} ${task ? html`<p>${task}</p>` : nothing}
  ${
    embed
      ? html`<a
          target="_blank"
          rel="noopener"
          href="./"
          @click=${(/** @type {Event} */ { currentTarget }) => {
            // The experiment of this moment, without the parts of the embedded view.
            const link = /** @type {HTMLAnchorElement} */ (currentTarget);
            link.href = `./${location.hash.split('&')[0]}`;
          }}
          >Open in Glassbox</a
        >`
      : nothing
  }`;
}
