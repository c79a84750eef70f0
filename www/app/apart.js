// Error isolation: an error while one part of the page is drawn does not stop the others, and is reported once.

/**
 * @param {(sentence: string) => void} tell
 * @returns {(part: string, work: () => void) => void} draws one part
 */
export function partsApart(tell) {
  /** The last error of each part. @type {Map<string, string>} */
  const told = new Map();
  return (part, work) => {
    try {
      work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (told.get(part) === why) return;
      told.set(part, why);
      console.error(error);
      tell(
        `The ${part} could not be drawn because of an error in this page (${why}). Everything else still works.`,
      );
    }
  };
}
