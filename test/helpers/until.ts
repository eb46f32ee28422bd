const PATIENCE_MS = 20_000;
const PAUSE_MS = 10;

/** Looks again and again until there is something to see. Fails, saying what it waited for, when it never comes. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > endsAt) throw new Error(`never happened: ${what}`);
    await Bun.sleep(PAUSE_MS);
  }
}

/** Holds for a while: nothing more comes. */
export async function still(ms: number): Promise<void> {
  await Bun.sleep(ms);
}
