/**
 * How commands speak: data on stdout, talk on stderr, one JSON document with `--json`, tables for people in a terminal
 * and plain lines with tabs in a pipe. Whatever came from outside passes `visible` on its way out.
 */
import { Fault, type FaultCode } from "../src/core/fault.ts";
import { inertJson, visible } from "../src/core/visible.ts";
import type { CommandContext, GlobalFlags, Writer } from "./context.ts";

export { visible };

/** Any value as one JSON line. Escapes inside strings mean the same to a parser, and nothing to a terminal. */
export function jsonLine(value: unknown): string {
  return `${inertJson(JSON.stringify(value))}\n`;
}

/** A column of a table. `flexible` ones give way when the terminal is narrow; `right` is for numbers. */
export interface Column {
  readonly title: string;
  readonly flexible?: boolean;
  readonly right?: boolean;
}

const GAP = "  ";
const NARROWEST = 6;

/** Made when something is cut: a server, which only says where it listens, would pay for it with a MiB. */
let graphemes: Intl.Segmenter | null = null;

/** Cut to at most `cells` terminal cells, never inside a character as people see it; "…" shows that something is missing. */
export function cut(text: string, cells: number): string {
  if (Bun.stringWidth(text) <= cells) return text;
  let kept = "";
  let width = 0;
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(text)) {
    width += Bun.stringWidth(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * Rows under titles, aligned by what the terminal shows, not by what the string counts.
 *
 * @param cells width of the terminal; flexible columns shrink to fit, the widest first, down to 6 cells
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], cells: number): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => Bun.stringWidth(line[at] ?? ""))));
  const flexible = columns.flatMap((column, at) => (column.flexible === true ? [at] : []));
  const total = (): number => widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1));
  while (total() > cells) {
    const widest = flexible.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined || (widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return lines
    .map((line) => {
      const padded = columns.map((column, at) => {
        const text = cut(line[at] ?? "", widths[at] ?? 0);
        const pad = " ".repeat(Math.max(0, (widths[at] ?? 0) - Bun.stringWidth(text)));
        return column.right === true ? pad + text : text + pad;
      });
      return `${padded.join(GAP).trimEnd()}\n`;
    })
    .join("");
}

export type Paint = (text: string) => string;

/** What a command prints with. */
export interface Output {
  readonly json: boolean;
  /** Whether stdout is a terminal: people read it. */
  readonly terminal: boolean;
  /** The answer of the command, once: the document with `--json`, else what `show` returns (whole lines). */
  readonly result: (data: unknown, show: () => string) => void;
  /** One line for people, on stderr; nothing with `--json`. */
  readonly say: (text: string) => void;
  /** A table in a terminal; in a pipe a line per row with tabs between, without titles. */
  readonly table: (columns: readonly Column[], rows: readonly (readonly string[])[]) => string;
  /** A time: local in a terminal ("2026-01-31 14:05:09"), ISO in a pipe, "-" for none. @param at epoch ms */
  readonly time: (at: number | null) => string;
  readonly bold: Paint;
  readonly dim: Paint;
}

export function outputOf(context: CommandContext, flags: GlobalFlags): Output {
  const { stdout } = context;
  const json = flags.json === true;
  const colours = stdout.isTTY && !context.env["NO_COLOR"] && context.env["TERM"] !== "dumb";
  const paint =
    (on: number, off: number): Paint =>
    (text) =>
      colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    json,
    terminal: stdout.isTTY,
    result(data, show) {
      stdout.write(json ? jsonLine({ ok: true, data }) : show());
    },
    say(text) {
      if (!json) context.stderr.write(`${text}\n`);
    },
    table(columns, rows) {
      if (stdout.isTTY) return table(columns, rows, stdout.columns);
      return rows.map((row) => `${row.map(visible).join("\t")}\n`).join("");
    },
    time(at) {
      if (at === null) return "-";
      // Swedish writes dates the way computers sort them.
      return stdout.isTTY ? new Date(at).toLocaleString("sv-SE") : new Date(at).toISOString();
    },
    bold: paint(1, 22),
    dim: paint(2, 22),
  };
}

/** What a person or a program is told when a command fails. */
export interface Complaint {
  readonly code: FaultCode;
  readonly message: string;
  readonly fix: string;
}

/** Says an error: the document on stdout with `--json`, else two lines on stderr. */
export function complain(stdout: Writer, stderr: Writer, json: boolean, complaint: Complaint): void {
  if (json) {
    stdout.write(jsonLine({ ok: false, error: complaint }));
    return;
  }
  // The lines are ours (several complaints about settings are one message); what they quote is not.
  const lines = `error: ${complaint.message}`.split("\n");
  if (complaint.fix !== "") lines.push(...`fix: ${complaint.fix}`.split("\n"));
  stderr.write(lines.map((line) => `${visible(line)}\n`).join(""));
}

/**
 * Asks before something is destroyed. Returns when it may go on.
 *
 * @throws Fault `usage` without a terminal and without `--yes`, `failed` when the answer is not yes
 */
export async function confirm(context: CommandContext, question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (!context.stdin.isTTY) {
    throw new Fault("usage", `This needs a yes, and there is no terminal to ask in: ${question}`, "Add --yes.");
  }
  context.stderr.write(`${visible(question)} [y/N] `);
  const answer = (await context.stdin.line())?.trim().toLowerCase() ?? "";
  if (!["y", "yes", "c", "có", "co"].includes(answer.normalize("NFC"))) {
    throw new Fault("failed", "Nothing was changed.", "Answer y, or add --yes, to go on.");
  }
}
