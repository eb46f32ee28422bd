/** Which entries of the retry journal are meant: the flags that `list`, `flush` and `drop` share. */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { RetryFilter, RetryRow } from "../../client.ts";

const KINDS = ["message", "notice", "interaction", "turn"] as const satisfies readonly RetryRow["kind"][];
const STATES = ["pending", "ambiguous", "parked", "dead", "expired"] as const satisfies readonly RetryRow["state"][];

/** What commander makes of them. */
export interface FilterFlags {
  readonly kind?: RetryRow["kind"] | undefined;
  readonly state?: RetryRow["state"] | undefined;
  readonly account?: string | undefined;
  /** Milliseconds. */
  readonly olderThan?: number | undefined;
  readonly newerThan?: number | undefined;
}

export function filters(command: Command): Command {
  return command
    .addOption(new Option("--kind <kind>", "only this kind").choices(KINDS))
    .addOption(new Option("--state <state>", "only this state").choices(STATES))
    .option("--account <id>", "only this page or bot, by the platform's id")
    .option("--older-than <age>", "only what has waited longer, like 90s, 10m, 2h or 3d", age)
    .option("--newer-than <age>", "only what has not waited so long", age);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** For `.argParser`: "2h" as milliseconds. */
function age(typed: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(typed) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return Number(amount) * unitMs;
  throw new InvalidArgumentError("It must be a number with s, m, h or d, like 90s, 10m, 2h or 3d.");
}

export function filterOf({ kind, state, account, olderThan, newerThan }: FilterFlags): RetryFilter {
  return { kind, state, account, older_than_ms: olderThan, newer_than_ms: newerThan };
}

/** Whether the flags leave anything out. */
export function narrows(flags: FilterFlags): boolean {
  return Object.values(filterOf(flags)).some((value) => value !== undefined);
}
