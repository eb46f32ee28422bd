import type { Database } from "bun:sqlite";
import type { Oldest } from "../../core/vitals.ts";
import { UNSETTLED } from "./delivery-rows.ts";
import { OPEN } from "./turns.ts";

/** Each over rows that are not done, which have an index of their own: years of others cost nothing here. */
const OLDEST = `
  SELECT
    (SELECT min(first_at) FROM turn WHERE ${OPEN}) AS answering,
    (SELECT min(received_at) FROM inbox WHERE state = 'new') AS held,
    (SELECT min(created_at) FROM delivery WHERE ${UNSETTLED} AND state = 'pending') AS delivery`;

/** How old what waits is. Reads only. */
export class Vitals {
  constructor(private readonly db: Database) {}

  oldest(): Oldest {
    const row = this.db
      .query<{ answering: number | null; held: number | null; delivery: number | null }, []>(OLDEST)
      .get();
    if (row === null) return { update: null, delivery: null };
    const { answering, held, delivery } = row;
    const update = answering === null || held === null ? (answering ?? held) : Math.min(answering, held);
    return { update, delivery };
  }
}
