/** One deliberate mistake in the source. `find` must stand in `file` exactly once. */
export interface Mutant {
  readonly name: string;
  /** Which promise it breaks, in words. */
  readonly mistake: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Mistakes that somebody could make, each of which the simulation must find (guarantees §6). */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "no-fence",
    mistake: "a worker that has lost its turn commits all the same",
    file: "src/store/sqlite/claims.ts",
    find: "state = 'running' AND fence = ?",
    replace: "state = 'running' AND ? IS NOT NULL",
  },
  {
    name: "wall-clock-grace",
    mistake: "waits are counted by a clock that somebody may set",
    file: "src/core/clock.ts",
    find: "return Math.floor(current);",
    replace: "return Math.floor(wall());",
  },
  {
    name: "blind-replay",
    mistake: "what was being sent when the process died is sent again without waiting for its echo",
    file: "src/core/delivery.ts",
    find: '{ kind: "ambiguous", reason: "the server stopped during the call" }',
    replace: '{ kind: "unsent", reason: "the server stopped during the call" }',
  },
  {
    name: "ack-before-commit",
    mistake: "a webhook is acknowledged before it is stored",
    file: "src/workers/intake.ts",
    find: "const recorded = await store.record(batch, now);",
    replace:
      "void store.record(batch, now).then((late) => this.announce(late, now)); const recorded: readonly Recorded[] = [];",
  },
  {
    name: "late-bind",
    mistake: "a part joins a turn whose answer is already being written without it",
    file: "src/core/turn.ts",
    find: '  const aborts = turn.state === "running";\n  const gathering: Turn = {',
    replace:
      '  if (turn.state === "running") return { kind: "extended", aborts: false, turn: fuller, ...lessons };\n  const aborts = false;\n  const gathering: Turn = {',
  },
  {
    name: "lost-dedupe",
    mistake: "an event that comes again is taken for a new one",
    file: "src/store/sqlite/seen.ts",
    find: "if (known?.event_key === eventKey && ",
    replace: "if (known?.event_key === `${eventKey}!` && ",
  },
  {
    name: "no-clamp",
    mistake: "a due time stored before the clock was set back is believed",
    file: "src/core/turn.ts",
    find: "return Math.min(dueAt, now + policy.longestMs);",
    replace: "return dueAt + 0 * (now + policy.longestMs);",
  },
  {
    name: "ceiling-in-the-future",
    mistake: "after the clock was set back, a turn's ceiling counts from a time that is still to come",
    file: "src/store/sqlite/claims.ts",
    find: "AND first_at > $now`",
    replace: "AND first_at > $now + 1000000000000`",
  },
  {
    name: "breaker-counts-a-blocked-user",
    mistake: "people who blocked the page open the circuit breaker for everybody",
    file: "src/store/sqlite/pace.ts",
    find: 'new Set(["unsent", "unlikely", "ambiguous"])',
    replace: 'new Set(["unsent", "unlikely", "ambiguous", "recipient"])',
  },
  {
    name: "retry-undercuts-the-floor",
    mistake: "a platform that asked for patience is called by our own schedule",
    file: "src/core/retry.ts",
    find: "return Math.max(scheduleMs + jitterMs, floorMs);",
    replace: "return scheduleMs + jitterMs + 0 * floorMs;",
  },
  {
    name: "part-order",
    mistake: "the parts of an answer leave from the last to the first",
    file: "src/store/sqlite/outbox.ts",
    find: "(e.seq < r.seq OR",
    replace: "(e.seq > r.seq OR",
  },
  {
    name: "no-claim-charge",
    mistake: "a turn that kills its worker is tried for ever",
    file: "src/core/claiming.ts",
    find: "claims: turn.claims + 1",
    replace: "claims: turn.claims",
  },
  {
    name: "window-ignored",
    mistake: "people are written to although the platform's window has closed",
    file: "src/store/sqlite/outbox.ts",
    find: "return now < heardAt + windowMs - WINDOW_MARGIN_MS;",
    replace: "return heardAt + windowMs - WINDOW_MARGIN_MS > 0 || now > 0;",
  },
  {
    name: "told-blindly",
    mistake: "what may have reached the user service is sent again without a look whether it did",
    file: "src/store/sqlite/interactions.ts",
    find: "inDoubt: row.rounds > 0,",
    replace: "inDoubt: row.rounds < 0,",
  },
  {
    name: "told-blindly-after-a-crash",
    mistake: "a crash while the user service is called counts as a call that was never made",
    file: "src/store/sqlite/interactions.ts",
    find: "SET state = 'pending', rounds = rounds + 1, next_at = max",
    replace: "SET state = 'pending', rounds = rounds + 0, next_at = max",
  },
  {
    name: "told-out-of-order",
    mistake: "the user service is told the next thing while the one before it waits for another attempt",
    file: "src/store/sqlite/interactions.ts",
    find: "AND (e.seq < r.seq OR e.state = 'sending'))",
    replace: "AND (e.seq < r.seq AND e.attempts = 0 OR e.state = 'sending'))",
  },
  {
    name: "untold-answers",
    mistake: "the user service never hears what people were answered while nobody could be asked",
    file: "src/store/sqlite/replies.ts",
    find: 'this.interactions.said({ ...to, outMessage: null, by: "bot", reply }, now);',
    replace: 'if (now < 0) this.interactions.said({ ...to, outMessage: null, by: "bot", reply }, now);',
  },
  {
    name: "hold-ignored",
    mistake: "what may have arrived on Telegram is sent again though its owner would rather look first",
    file: "src/core/delivery.ts",
    find: 'if (policy.ambiguous === "hold" || facts.rounds',
    replace: "if (facts.rounds",
  },
];
