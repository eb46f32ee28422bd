/** Figures as ratios, against what must hold. */
import type { CrowdFigures } from "./crowd.ts";
import type { Figures } from "./measure.ts";

export interface Report {
  readonly cores: number;
  /** Processes waiting for a processor before anything was started; near 0 on a quiet machine. */
  readonly loadBefore: number;
  readonly servers: readonly Figures[];
  readonly endToEnd: readonly (CrowdFigures & { readonly name: string })[];
  readonly targets: readonly Verdict[];
}

export interface Verdict {
  readonly name: string;
  readonly value: number;
  readonly must: number;
  readonly aim: number;
  readonly holds: boolean;
}

interface Target {
  readonly name: string;
  readonly must: number;
  readonly aim: number;
  readonly better: "more" | "less";
  /** Undefined when the run did not include what it takes. */
  readonly value: (named: ReadonlyMap<string, Figures>) => number | undefined;
}

/** a's figure over b's. */
function ratio(a: string, b: string, figure: "acksPerSecond" | "cpuUsPerEvent" | "coldStartMs"): Target["value"] {
  return (named) => {
    const [over, under] = [named.get(a)?.[figure], named.get(b)?.[figure]];
    return over === undefined || under === undefined || under === 0 ? undefined : over / under;
  };
}

/**
 * The page of targets measured servers that take messages in, so what compares with it is taking in alone; the same ratio
 * with answering on stands below each.
 */
const TARGETS: readonly Target[] = [
  {
    name: "acks/s against answers-200-only",
    must: 0.1,
    aim: 0.25,
    better: "more",
    value: ratio("botctl, gathering", "bare", "acksPerSecond"),
  },
  {
    name: "… while answering",
    must: 0.1,
    aim: 0.25,
    better: "more",
    value: ratio("botctl", "bare", "acksPerSecond"),
  },
  {
    name: "acks/s with slow fsync against a commit per request",
    must: 20,
    aim: 28,
    better: "more",
    value: ratio("botctl, gathering, slow fsync", "commit-per-request, slow fsync", "acksPerSecond"),
  },
  {
    name: "… while answering",
    must: 20,
    aim: 28,
    better: "more",
    value: ratio("botctl, slow fsync", "commit-per-request, slow fsync", "acksPerSecond"),
  },
  {
    name: "CPU per event against HMAC alone",
    must: 6,
    aim: 2.5,
    better: "less",
    value: ratio("botctl, gathering", "hmac", "cpuUsPerEvent"),
  },
  {
    name: "… while answering",
    must: 6,
    aim: 2.5,
    better: "less",
    value: ratio("botctl", "hmac", "cpuUsPerEvent"),
  },
  {
    name: "cold start to the first 200 against answers-200-only",
    must: 6,
    aim: 3,
    better: "less",
    value: ratio("botctl", "bare", "coldStartMs"),
  },
  { name: "idle memory, MiB (PSS)", must: 60, aim: 45, better: "less", value: (named) => named.get("botctl")?.idleMib },
  {
    name: "acks/s with a full database against an empty one",
    must: 0.75,
    aim: 0.9,
    better: "more",
    value: ratio("botctl, full", "botctl", "acksPerSecond"),
  },
];

export function verdicts(servers: readonly Figures[]): Verdict[] {
  const named = new Map(servers.map((figures) => [figures.name, figures]));
  return TARGETS.flatMap(({ name, must, aim, better, value }) => {
    const found = value(named);
    if (found === undefined) return [];
    return [{ name, value: found, must, aim, holds: better === "more" ? found >= must : found <= must }];
  });
}

/** The report for people. */
export function tables({ cores, loadBefore, servers, endToEnd, targets }: Report): string {
  const parts = [`${cores} cores, load before the run ${loadBefore.toFixed(2)}. Read the ratios, not the figures.\n`];
  if (servers.length > 0) {
    parts.push(
      table(
        [
          "server",
          "acks/s",
          "p50 ms",
          "p99 ms",
          "CPU µs/event",
          "idle MiB",
          "loaded MiB",
          "cold start ms",
          "replies/s",
          "errors",
        ],
        servers.map((row) => [
          row.name,
          row.acksPerSecond.toFixed(0),
          row.p50Ms.toFixed(2),
          row.p99Ms.toFixed(1),
          row.cpuUsPerEvent.toFixed(1),
          row.idleMib.toFixed(0),
          row.loadedMib.toFixed(0),
          row.coldStartMs.toFixed(0),
          row.repliesPerSecond?.toFixed(0) ?? "-",
          String(row.errors),
        ]),
      ),
    );
  }
  if (endToEnd.length > 0) {
    parts.push(
      table(
        ["end to end", "replies/s", "p50 ms", "p99 ms", "CPU µs/reply"],
        endToEnd.map((row) => [
          row.name,
          row.repliesPerSecond.toFixed(0),
          row.p50Ms.toFixed(1),
          row.p99Ms.toFixed(1),
          row.cpuUsPerReply.toFixed(0),
        ]),
      ),
    );
  }
  if (targets.length > 0) {
    parts.push(
      table(
        ["ratio", "measured", "must", "aim", ""],
        targets.map(({ name, value, must, aim, holds }) => [
          name,
          value.toFixed(2),
          String(must),
          String(aim),
          holds ? "holds" : "MISSED",
        ]),
      ),
    );
  }
  return parts.join("\n");
}

/** Columns as wide as their widest cell; all but the first are numbers, so they stand right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return `${[head, ...rows].map((row) => line(row).trimEnd()).join("\n")}\n`;
}
