import { Fault } from "../../../src/core/fault.ts";
import type { AccountRow, Subscribed } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import type { Managing } from "../../local/accounts.ts";
import { confirm, outputOf, visible } from "../../output.ts";
import { failureOf, forEach, meant, throwFailures, titleOf, type Outcome } from "./each.ts";

/** `id` null: all. */
export type SubscribeOptions = GlobalFlags & { readonly id: string | null; readonly yes?: boolean | undefined };

/**
 * Has updates come to this server. Where they go to somebody else it asks first (R12).
 *
 * @throws Fault `usage` when it must ask and cannot; of the only account; `some_failed`
 */
export async function subscribeAccounts(options: SubscribeOptions, context: CommandContext): Promise<void> {
  const { managing } = await import("../../local/accounts.ts");
  const outcomes = await managing(context, options, async (desk) =>
    forEach(await meant(desk, options.id), (account) => subscribed(desk, account, options, context)),
  );
  const out = outputOf(context, options);
  if (outcomes.length > 1 || outcomes.some((outcome) => "done" in outcome)) {
    out.result(outcomes.map(shown), () => outcomes.map(lines).join(""));
  }
  throwFailures(outcomes);
}

async function subscribed(
  desk: Managing,
  account: AccountRow,
  { yes }: SubscribeOptions,
  context: CommandContext,
): Promise<Subscribed> {
  const id = String(account.id);
  try {
    return await desk.subscribe(id, null);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "refused") throw error;
    const { leads, url, expected } = await desk.inspect(id);
    if (leads !== "elsewhere" || url === null) throw error;
    const instead = expected === null ? "Take that webhook away" : `Have them come to ${expected} instead`;
    const question = `The updates of ${titleOf(account)} go to ${url}. ${instead}? Who gets them now gets none from then on.`;
    await confirm(context, question, yes);
    // Only what was agreed to is replaced: if it has changed meanwhile, this fails.
    return await desk.subscribe(id, url);
  }
}

function shown(outcome: Outcome<Subscribed>) {
  return "failure" in outcome
    ? { account: outcome.account, ok: false, error: failureOf(outcome.failure) }
    : { ...outcome.done, ok: true };
}

function lines(outcome: Outcome<Subscribed>): string {
  const title = titleOf(outcome.account);
  if ("failure" in outcome) return `${visible(`${title}: ${outcome.failure.message}`)}\n`;
  const { changes } = outcome.done;
  if (changes.length === 0) return `${visible(`${title}: subscribed, as it was`)}\n`;
  const what = (name: string): string => (name === "url" ? "webhook" : name);
  const told = changes.map((change) => `  ${what(change.what).padEnd(9)}${change.from} → ${change.to}`);
  return [`${title}: subscribed`, ...told].map((line) => `${visible(line)}\n`).join("");
}
