// The parts of the page are drawn apart: where one fails, the others go on, and it is told once.

/**
 * @param {(sentence: string) => void} tell
 * @returns {(part: string, work: () => void) => void} does the work of a part
 */
export function partsApart(tell) {
  /** What each part failed with. @type {Map<string, string>} */
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
        `A fault of this page: the ${part} could not be drawn (${why}). Everything else goes on.`,
      );
    }
  };
}
