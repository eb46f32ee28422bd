import type { Database } from "bun:sqlite";
import type { Stage } from "./stage.ts";
import type { UserBooks } from "./user-service.ts";

interface OwedRow {
  readonly id: string;
  readonly state: string;
}

const OWED = "SELECT id, state FROM delivery WHERE kind = 'interaction' ORDER BY seq";
/** What was said to the bot, and by it: one interaction each. */
const SAID = `
  SELECT (SELECT count(*) FROM inbox WHERE kind IN ('message', 'tap') AND conversation_id IS NOT NULL) AS heard,
    (SELECT count(DISTINCT out_message_id) FROM delivery WHERE kind = 'message')
      + (SELECT count(*) FROM delivery WHERE kind = 'notice' AND part = 0) AS said`;

/** What the user service was told, reconciled with what was said. @param visible ids that an operator can see */
export function reconcile(stage: Stage, db: Database, books: UserBooks, visible: ReadonlySet<string>): void {
  const expect = (promise: string, holds: boolean, detail: string): void => {
    if (!holds) stage.breach(promise, detail);
  };
  const owed = db.query<OwedRow, []>(OWED).all();
  const all = db.query<{ heard: number; said: number }, []>(SAID).get() ?? { heard: 0, said: 0 };
  expect(
    "everything said is owed to the user service once",
    owed.length === all.heard + all.said,
    `${owed.length} interactions for ${all.heard} in and ${all.said} out`,
  );
  for (const { id, state } of owed) {
    const copies = books.copies(id);
    expect("every interaction ends", state === "sent" || state === "dead", `${id} is ${state}`);
    if (state === "dead") expect("an interaction that was given up can be seen", visible.has(id), id);
    else expect("what counts as told has arrived", copies > 0, id);
    const allowed = 1 + (books.belated.get(id) ?? 0);
    expect("the user service is told once", copies <= allowed, `${id}: ${copies} copies`);
  }
  const known = new Set(owed.map(({ id }) => id));
  const strange = books.entries.filter(({ id }) => !known.has(id));
  expect(
    "the user service is told nothing that was not said",
    strange.length === 0,
    strange.map(({ id }) => id).join(", "),
  );
}
