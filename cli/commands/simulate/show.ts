/** How a scenario reads while it is played: in a terminal, or in a pipe. */
import { cut, outputOf, visible, type Output } from "../../output.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import type { Finding } from "../../scenarios/judge.ts";
import type { Played } from "../../scenarios/play.ts";
import type { Observation } from "../../scenarios/witness.ts";

/** Cells for what was said, so that the statuses stand in one column. */
const SAID_CELLS = 52;
/** Longer replies are cut, as long messages are: the point is that there is one, and `--json` has all of it. */
const REPLY_CELLS = 96;

/** Writes lines as they happen. Silent with `--json`. */
export class Narrator {
  private readonly out: Output;

  constructor(
    private readonly context: CommandContext,
    flags: GlobalFlags,
  ) {
    this.out = outputOf(context, flags);
  }

  headline(name: string, summary: string): void {
    this.write(`${this.out.bold(visible(name))}  ${visible(summary)}\n`);
  }

  line(observation: Observation): void {
    this.write(lineOf(observation, this.out, this.context.stdout.isTTY ? this.context.stdout.columns : null));
  }

  findings(findings: readonly Finding[]): void {
    this.write(findings.map((finding) => findingLine(finding, this.out)).join(""));
  }

  /** One of many, in a line; what was not as expected, below it. */
  summary(number: number, name: string, { verdict, replies, expectations }: Played): void {
    const [first] = replies;
    const reply =
      first === undefined
        ? "no reply"
        : `${replies.length === 1 ? "1 reply" : `${replies.length} replies`}, the first after ${(first.at_ms / 1_000).toFixed(3)} s`;
    this.write(`${String(number).padStart(4)}  ${verdict}  ${visible(name)}  ${reply}\n`);
    this.findings(expectations.filter((finding) => !finding.passed));
  }

  /** A file of a suite, in a line. */
  verdict(passed: boolean, file: string, headline: string, tookMs: number): void {
    const mark = passed ? "✓" : this.out.bold("✗");
    this.write(`${mark} ${visible(file)}  ${this.out.dim(`${visible(headline)}, ${(tookMs / 1_000).toFixed(1)} s`)}\n`);
  }

  blank(): void {
    this.write("\n");
  }

  private write(text: string): void {
    if (!this.out.json) this.context.stdout.write(text);
  }
}

/**
 * `   1.200 s  → image                                       200 in 2 ms`
 *
 * @param cells width of the terminal; null in a pipe, where nothing is cut to fit
 */
export function lineOf(observation: Observation, out: Output, cells: number | null): string {
  const line = `${(observation.at_ms / 1_000).toFixed(3).padStart(8)} s  ${contentOf(observation)}`;
  const shown = cells === null ? line : cut(line, cells);
  return `${observation.direction === "note" ? out.dim(shown) : shown}\n`;
}

function contentOf(observation: Observation): string {
  switch (observation.direction) {
    case "in": {
      const quoted = observation.text === "" ? "" : `"${observation.text}" `;
      const whole = `${observation.what.padEnd(6)} ${quoted}${observation.detail}`;
      const said = cut(visible(whole.trimEnd()), SAID_CELLS - 1);
      const pad = " ".repeat(SAID_CELLS - Bun.stringWidth(said));
      return `→ ${said}${pad}${observation.status} in ${observation.took_ms} ms`;
    }
    case "out":
      return `← "${cut(visible(observation.text), REPLY_CELLS)}"`;
    case "note":
      return `  ${visible(observation.reason)}`;
  }
}

function findingLine({ what, passed, instead }: Finding, out: Output): string {
  if (passed) return `   ✓ ${what}\n`;
  return `${out.bold(`   ✗ ${what}: ${visible(instead ?? "it was otherwise")}`)}\n`;
}
