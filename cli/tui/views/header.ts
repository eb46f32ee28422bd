/** The two lines at the top: which server and how it is connected; how it does. */
import { ends, span, widthOf, type Line, type Span } from "../line.ts";
import { pageName } from "../select.ts";
import { shownNow, type State } from "../state.ts";
import { tallyOf } from "../tally.ts";
import { age, shortly } from "../time.ts";

/** With fewer, what the list shows as well is left out. */
const ROOMY_COLUMNS = 72;

const ALL_WELL: Line = [span(" breakers closed ", "quiet")];

export function header(state: State): Line[] {
  const told = numbers(state);
  const wrong = troubles(state);
  const known = state.status !== null || state.link.kind !== "connecting";
  const quiet = known && widthOf(told) + widthOf(ALL_WELL) < state.columns ? ALL_WELL : [];
  return [
    ends(title(state), linkShown(state), state.columns),
    ends(told, wrong.length === 0 ? quiet : wrong, state.columns),
  ];
}

function title({ url, status, now, skewMs }: State): Line {
  const parts = [span(" botctl watch ", "title"), span(url.replace(/^https?:\/\//, ""))];
  if (status !== null) {
    const up = age(now + skewMs - status.server.started_at);
    parts.push(span(`  ${status.server.version}, up ${up}`, "quiet"));
  }
  return parts;
}

/** A feed that is not alive must be seen at a glance. */
function linkShown(state: State): Line {
  const { link, now, pause } = state;
  const shown: Span[] = [];
  if (pause !== null) shown.push(span(` HELD +${pause.held.length + pause.overflow} new `, "alert"), span(" "));
  switch (link.kind) {
    case "connecting":
      return [...shown, span("◌ connecting ", "waiting")];
    case "live":
      return [...shown, span("● live ", "good")];
    case "lost": {
      const next = link.nextAt > now ? `, again in ${shortly(link.nextAt - now)}` : ", connecting";
      return [...shown, span(` STALE for ${age(now - link.sinceAt)}${next} `, "alert")];
    }
  }
}

function numbers(state: State): Line {
  // Nothing is known yet: no number is better than a nought.
  if (state.status === null && state.link.kind === "connecting") return [span(" asking the server …", "quiet")];
  const { lagMs, webhooksPerMinute, repliesPerMinute, p95Ms, turns, journal, dead } = tallyOf(state);
  const value = (of: number | null): string => (of === null ? "-" : shortly(of));
  const rate = (of: number | null): string => (of === null ? "-" : String(Math.round(of)));
  const shown: Span[] = [
    span(" lag ", "quiet"),
    span(lagMs === null ? "-" : `${Math.round(lagMs)} ms`, lagMs !== null && lagMs > 1_000 ? "bad" : undefined),
    span("  in ", "quiet"),
    span(rate(webhooksPerMinute)),
    span(" out ", "quiet"),
    span(`${rate(repliesPerMinute)}/min`),
    span("  p95 ", "quiet"),
    span(value(p95Ms)),
    ...(state.columns < ROOMY_COLUMNS ? [] : [span("  turns ", "quiet"), span(String(turns))]),
    span("  journal ", "quiet"),
    span(String(journal), journal > 0 ? "waiting" : undefined),
  ];
  if (dead > 0) shown.push(span(` (${dead} dead)`, "bad"));
  return shown;
}

/** Breakers that are not closed, and accounts that may not speak. */
function troubles(state: State): Line {
  const { breakers } = tallyOf(state);
  const shown: Span[] = breakers.map(({ scope, state: is, until }) => {
    const left = until === null ? "" : ` ${shortly(until - shownNow(state))}`;
    return span(` ${namedScope(state, scope)} breaker ${is === "half_open" ? "half open" : is}${left} `, "bad");
  });
  for (const { account, state: is } of state.status?.accounts ?? [])
    if (is !== "active") shown.push(span(` ${pageName(state, account)} ${is} `, "bad"));
  return shown;
}

/** "messenger:1001" is better known by the page's name. */
function namedScope(state: State, scope: string): string {
  const at = scope.indexOf(":");
  return at === -1 ? scope : pageName(state, scope.slice(at + 1));
}
