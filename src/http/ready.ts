/** How long a verdict is good for. */
const GOOD_FOR_MS = 1_000;

/**
 * Asks `look` at most once a second, however many want to know: readiness is asked by anybody, and finding it out costs a
 * write to the disk.
 *
 * @param look null when all is well, else what is wrong; must not reject
 * @param now milliseconds
 */
export function remembered(look: () => Promise<string | null>, now: () => number): () => Promise<string | null> {
  let verdict: Promise<string | null> | null = null;
  let staleAt = 0;
  return () => {
    if (verdict === null || now() >= staleAt) {
      // While it is being found out, all who ask wait for the same answer.
      staleAt = Infinity;
      verdict = look().finally(() => (staleAt = now() + GOOD_FOR_MS));
    }
    return verdict;
  };
}
