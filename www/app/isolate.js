// Error isolation: an error while one part of the page is drawn does not stop the others, and is reported once.
import { messageOf } from './errors.js';

/**
 * @param {(sentence: string) => void} report
 * @returns {(part: string, work: () => void) => void} draws one part
 */
export function isolateErrors(report) {
  /** The last error of each part. @type {Map<string, string>} */
  const reported = new Map();
  return (part, work) => {
    try {
      work();
    } catch (error) {
      const why = messageOf(error);
      if (reported.get(part) === why) return;
      reported.set(part, why);
      console.error(error);
      report(
        `The ${part} could not be drawn because of an error in this page (${why}). Everything else still works.`,
      );
    }
  };
}
