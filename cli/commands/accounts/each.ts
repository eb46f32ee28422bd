import { Fault } from "../../../src/core/fault.ts";
import type { AccountRow } from "../../client.ts";
import type { Managing } from "../../local/accounts.ts";

/** What became of one account. */
export type Outcome<T> =
  { readonly account: AccountRow; readonly done: T } | { readonly account: AccountRow; readonly failure: Fault };

/** The accounts that are meant. @param id null for all @throws Fault `not_found` */
export async function meant(desk: Managing, id: string | null): Promise<AccountRow[]> {
  const all = await desk.accounts();
  if (id === null) {
    if (all.length > 0) return all;
    throw new Fault(
      "not_found",
      "There are no accounts yet.",
      "Add one: botctl accounts add telegram --token-file FILE",
    );
  }
  const found = all.filter((row) => row.external_id === id || String(row.id) === id);
  // Which of two is meant is for the server to ask.
  const [first] = found;
  if (first !== undefined) return [first];
  throw new Fault("not_found", `There is no account ${id}.`, "See `botctl accounts list`.");
}

/** Does the same for each: one that fails does not keep the others from it. */
export async function forEach<T>(
  accounts: readonly AccountRow[],
  work: (account: AccountRow) => Promise<T>,
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  for (const account of accounts) {
    try {
      outcomes.push({ account, done: await work(account) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      outcomes.push({ account, failure: error });
    }
  }
  return outcomes;
}

/** Throws what the failures come to: their own fault when all failed alike, else `some_failed`. */
export function throwFailures(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.flatMap((outcome) => ("failure" in outcome ? [outcome] : []));
  const [first] = failed;
  if (first === undefined) return;
  if (outcomes.length === 1) throw first.failure;
  const alike = failed.length === outcomes.length && failed.every(({ failure }) => failure.code === first.failure.code);
  const why = failed.map(({ account, failure }) => `${titleOf(account)}: ${failure.message}`).join("\n");
  throw new Fault(
    alike ? first.failure.code : "some_failed",
    `${failed.length} of ${outcomes.length} accounts failed.\n${why}`,
    first.failure.fix,
  );
}

export function titleOf({ name, channel, external_id: externalId }: AccountRow): string {
  return name === "" ? `${channel} ${externalId}` : `${name} (${channel} ${externalId})`;
}

/** For `--json`: what went wrong, as every error is told. */
export function failureOf({ code, message, fix }: Fault): { code: string; message: string; fix: string } {
  return { code, message, fix };
}
