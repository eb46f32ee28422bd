/** What Linux knows of a process. */
import { readFileSync } from "node:fs";

/** Source: USER_HZ, which is 100 on every Linux that matters here. */
const TICK_MS = 10;

/** CPU time used so far by all threads of a process, user and system. */
export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, the program's name, may hold spaces: count from behind it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Memory of a process in MiB; pages shared with others count by their share (PSS). */
export function pssMib(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) / 1_024;
}

/** Processes waiting for a processor, averaged over a minute; above the number of cores, figures mean little. */
export function loadAverage(): number {
  return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
}
