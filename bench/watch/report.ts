/** The figures of the screen, against what must hold. */
import type { RestartFigures } from "./restart.ts";
import type { ScreenFigures } from "./screen.ts";

export interface Report {
  readonly cores: number;
  /** Processes waiting for a processor before anything was started; near 0 on a quiet machine. */
  readonly loadBefore: number;
  readonly perSecond: number;
  readonly screen: ScreenFigures;
  readonly restart: RestartFigures;
}

interface Verdict {
  readonly name: string;
  readonly value: number;
  readonly must: number;
  readonly holds: boolean;
}

/** All are limits from above. */
export function verdictsOf({ perSecond, screen, restart }: Report): Verdict[] {
  const limits: readonly (readonly [name: string, value: number, must: number])[] = [
    [`CPU at ${perSecond} events/s, % of a core`, screen.cpuPercent, 35],
    ["memory at the same time, MiB (RSS, highest)", screen.mostRssMib, 150],
    ["first picture, ms", screen.firstPictureMs, 300],
    ["a key answered meanwhile, ms (95 of 100)", screen.keyMs.p95, 100],
    [`events missing after ${restart.restarts} restarts`, restart.missing + restart.gaps, 0],
  ];
  return limits.map(([name, value, must]) => ({ name, value, must, holds: value <= must }));
}

export function shown(report: Report): string {
  const { cores, loadBefore, screen, restart } = report;
  const { keyMs } = screen;
  const rows = verdictsOf(report).map(
    ({ name, value, must, holds }) => `| ${name} | ${Math.round(value)} | ${must} | ${holds ? "holds" : "missed"} |`,
  );
  return [
    `${cores} cores, load before the run ${loadBefore.toFixed(2)}.`,
    "",
    "| | measured | must | |",
    "|---|---|---|---|",
    ...rows,
    "",
    `Conversations listed after ${Math.round(screen.listedMs)} ms. Memory with shared pages by their share: ${Math.round(screen.pssMib)} MiB.`,
    `Keys: median ${Math.round(keyMs.median)} ms, longest ${Math.round(keyMs.longest)} ms of ${keyMs.count}.`,
    `${screen.events} events came, and ${restart.events} across the restarts, of which the screen missed ${restart.missing}.`,
    "",
  ].join("\n");
}
