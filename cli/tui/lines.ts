/** The same feed without a screen: a line an event, for pipes, logs and programs. */
import type { AdminClient, EventData } from "../client.ts";
import { watchApi } from "./api.ts";
import { listen } from "./connection.ts";
import { gapInWords, inWords } from "./describe.ts";
import type { Heard } from "./feed.ts";
import { eventPasses, type Filter } from "./filter.ts";

export interface LinesOptions {
  readonly client: AdminClient;
  readonly reconnect: () => Promise<AdminClient>;
  readonly filter: Filter | null;
  /** One event, or `{"type":"gap","missed":…}`. */
  readonly onEvent: (value: object, words: readonly string[], at: number) => void;
  /** About the connection, for people. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs until the signal. @throws Fault when the server cannot be reached at the start, or does not take the token */
export async function printLines(options: LinesOptions): Promise<void> {
  const { client, reconnect, filter, onEvent, say, signal } = options;
  const api = watchApi(client, reconnect);
  const names = new Map<string, string>();
  const known = { pageName: (account: string) => names.get(account) ?? account, messages: () => [] };
  let lost = false;
  await listen({
    api,
    lastEventId: null,
    signal,
    now: Date.now,
    chance: Math.random,
    onHeard(heard: Heard) {
      if ("missed" in heard)
        return onEvent({ type: "gap", missed: heard.missed }, ["gap", "-", "-", gapInWords(heard.missed)], Date.now());
      const { id, event } = heard;
      if (!eventPasses(filter, { kind: "event", n: 0, id, event }, undefined, known)) return;
      onEvent({ id, ...event }, wordsOf(event, known.pageName), event.at);
    },
    onLink(link) {
      if (link.kind === "lost") say(`No connection: ${link.why}. Trying again …`);
      else if (link.kind === "live" && lost) say("Connected again.");
      lost = link.kind === "lost";
      // Pages are known better by their names; without them ids are shown.
      if (link.kind === "live")
        void api.accounts().then(
          (rows) => rows.forEach((row) => names.set(row.external_id, row.name)),
          () => {},
        );
    },
  });
}

/** Kind, where, and what; the caller makes them harmless. */
function wordsOf(event: EventData, pageName: (account: string) => string): string[] {
  const where = [event.platform, event.account === undefined ? undefined : pageName(event.account)]
    .filter(Boolean)
    .join(" ");
  const conversation = event.conversation === undefined ? "-" : `#${event.conversation}`;
  return [event.type, where === "" ? "-" : where, conversation, inWords(event)];
}
