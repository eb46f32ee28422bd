import { Fault } from "../../../src/core/fault.ts";
import type { Inspection } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf, visible, type Output } from "../../output.ts";
import { failureOf, forEach, meant, throwFailures, titleOf, type Outcome } from "./each.ts";

/** `id` null: all. */
export type CheckOptions = GlobalFlags & { readonly id: string | null };

/**
 * Asks the platforms, and changes nothing.
 *
 * @throws Fault `findings`; of the only account when it cannot be asked about; `some_failed` when some cannot
 */
export async function checkAccounts(options: CheckOptions, context: CommandContext): Promise<void> {
  const { managing } = await import("../../local/accounts.ts");
  const outcomes = await managing(context, options, async (desk) =>
    forEach(await meant(desk, options.id), ({ id }) => desk.inspect(String(id))),
  );
  const out = outputOf(context, options);
  // With a single account that failed there is nothing but its error to tell.
  if (outcomes.length > 1 || outcomes.some((outcome) => "done" in outcome)) {
    out.result(outcomes.map(shown), () => outcomes.map((outcome) => page(outcome, out)).join("\n"));
  }
  throwFailures(outcomes);
  const findings = outcomes.flatMap((outcome) => ("done" in outcome ? outcome.done.findings : []));
  if (findings.length === 0) return;
  const count = findings.length === 1 ? "There is 1 finding." : `There are ${findings.length} findings.`;
  throw new Fault("findings", count, findings[0]?.fix ?? "");
}

function shown(outcome: Outcome<Inspection>) {
  if ("failure" in outcome) return { account: outcome.account, ok: false, error: failureOf(outcome.failure) };
  return { ...outcome.done, ok: outcome.done.findings.length === 0 };
}

function page(outcome: Outcome<Inspection>, out: Output): string {
  const title = visible(titleOf(outcome.account));
  if ("failure" in outcome) return `${out.bold(title)}: ${visible(outcome.failure.message)}\n`;
  const { findings, ...facts } = outcome.done;
  const verdict = findings.length === 0 ? "all is well" : `${findings.length} to look at`;
  const lines = findings.flatMap(({ message, fix }) => [`  ! ${visible(message)}`, `    ${visible(fix)}`]);
  return `${[`${out.bold(title)}: ${verdict}`, ...factLines(facts, out), ...lines].join("\n")}\n`;
}

function factLines(
  { url, leads, updates, pending, last_error: error }: Omit<Inspection, "findings">,
  out: Output,
): string[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ["webhook", url === null ? null : `${url}${leads === "here" ? " (this server)" : ""}`],
    ["updates", updates === null ? null : updates.join(", ")],
    ["waiting", pending === null ? null : String(pending)],
    ["last error", error === null ? null : `${out.time(error.at)} ${error.message}`],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(12)}${visible(value)}`]));
}
