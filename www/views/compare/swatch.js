// The sign of a run: a piece of its line with its marker.
import { svg } from 'lit-html';
import { markerOf } from '../../picture/charts/markers.js';

/** @param {number} k index of the run's colour @param {import('../../picture/colour.js').Colours} colours */
export function swatch(k, { runs, ink }) {
  const hue = runs[k % runs.length];
  const { path, hollow } = markerOf(k);
  return svg`<svg class="swatch" width="24" height="12" viewBox="-12 -6 24 12" aria-hidden="true">
    <path d="M-12 0H12" stroke=${hue} stroke-width="2" />
    <path d=${path} transform="scale(4)" fill=${hollow ? ink.paper : hue} stroke=${hue} stroke-width=".45" />
  </svg>`;
}
