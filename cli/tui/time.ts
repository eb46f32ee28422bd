/** Times and lengths of time in few cells. Nothing a server tells may throw here, also not the year 300,000. */

/** "40 ms", "0.3 s", "12 s", "4 min", "3 h", "5 d". Negative counts as nothing. */
export function shortly(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (!Number.isFinite(seconds)) return "-";
  if (seconds > 0 && seconds < 0.1) return `${Math.max(1, Math.round(ms))} ms`;
  if (seconds < 9.95) return `${(Math.floor(seconds * 10 + 0.001) / 10).toFixed(1)} s`;
  if (seconds < 100) return `${Math.floor(seconds)} s`;
  return `${coarse(seconds)}`;
}

function coarse(seconds: number): string {
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago, in at most 4 cells: "now", "12s", "4m", "3h", "5d", "9y". */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (!Number.isFinite(seconds) || seconds < 1) return "now";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  if (seconds < 31_536_000) return `${Math.floor(seconds / 86_400)}d`;
  return `${Math.min(999, Math.floor(seconds / 31_536_000))}y`;
}

const FURTHEST = 8.64e15;

function dateOf(at: number): Date | null {
  return Number.isFinite(at) && Math.abs(at) <= FURTHEST ? new Date(at) : null;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Local time of day, "14:05:09". @param at epoch ms */
export function clockTime(at: number): string {
  const date = dateOf(at);
  return date === null ? "--:--:--" : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The local day, "2026-01-31". @param at epoch ms */
export function day(at: number): string {
  const date = dateOf(at);
  return date === null ? "?" : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
