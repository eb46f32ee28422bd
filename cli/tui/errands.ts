/** What keys do outside the screen: send again, take over, reply, give back, copy, write a file. */
import { Fault } from "../../src/core/fault.ts";
import type { Action } from "./actions.ts";
import type { WatchApi } from "./api.ts";
import { copied, exportable } from "./detail.ts";
import { textIn } from "./feed.ts";
import { personName, selectedConversation, selectedRow } from "./select.ts";
import type { State } from "./state.ts";
import type { Store } from "./store.ts";

/** The world of a screen, so that a test can be it. */
export interface Outside {
  /** Epoch ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly chance: () => number;
  /** To the clipboard of the terminal (OSC 52). */
  readonly copy: (text: string) => void;
  /** Writes a new file that only its owner may read. @returns its name. @throws Fault */
  readonly save: (name: string, text: string) => Promise<string>;
}

/** Terminals drop a longer clipboard in silence. */
const MOST_COPIED_CHARS = 70_000;
/** What can still be sent again. */
const UNSETTLED = new Set(["pending", "ambiguous", "parked", "dead", "expired"]);

export class Errands {
  constructor(
    private readonly api: WatchApi,
    private readonly store: Store,
    private readonly outside: Outside,
    /** Runs work whose Faults are said on the screen. */
    private readonly watched: (work: () => Promise<void>) => Promise<void>,
  ) {}

  /** @param before the state in which the key was pressed */
  run(action: Action, before: State, after: State): void {
    switch (action.type) {
      case "submit":
        if (before.prompt?.kind === "reply" && after.prompt === null) this.reply(before);
        return;
      case "retry":
        return this.start(() => this.retry(before));
      case "take-over":
        return this.takeOver(before);
      case "release":
        return this.release(before);
      case "copy":
        return this.copy(before);
      case "export":
        return this.start(() => this.export(before));
      default:
        return;
    }
  }

  private start(work: () => Promise<void>): void {
    void this.watched(work);
  }

  private say(text: string, tone: "good" | "bad" | "quiet"): void {
    this.store.dispatch({ type: "said", text, tone, now: this.outside.now() });
  }

  private reply(before: State): void {
    const { prompt } = before;
    const conversation = prompt?.conversation;
    if (prompt === null || conversation == null) return;
    const text = prompt.characters.join("");
    const to = nameOf(before, conversation);
    this.start(async () => {
      this.say(`Sending to ${to} …`, "quiet");
      try {
        const became = await this.api.reply(conversation, text);
        this.say(
          became === "sent" ? `Sent to ${to}.` : `It could not be sent to ${to} at once; the server keeps trying.`,
          "good",
        );
      } catch (error) {
        this.store.dispatch({ type: "returned", conversation, text });
        if (error instanceof Fault && (error.code === "unreachable" || error.code === "timed_out")) {
          return this.say(`${error.message} Whether it was sent is not known; t brings back what you typed.`, "bad");
        }
        throw error;
      }
    });
  }

  private takeOver(before: State): void {
    const conversation = selectedConversation(before);
    if (conversation === null) return this.say("No conversation is selected.", "quiet");
    const { id } = conversation;
    this.start(async () => {
      // Already a human's: a second takeover would only make it longer.
      if (conversation.state !== "human") await this.api.takeover(id);
      this.store.dispatch({ type: "taken", conversation: id, now: this.outside.now() });
    });
  }

  private release(before: State): void {
    const conversation = selectedConversation(before);
    if (conversation === null) return this.say("No conversation is selected.", "quiet");
    const { id } = conversation;
    this.start(async () => {
      await this.api.release(id);
      this.store.dispatch({ type: "released", conversation: id, now: this.outside.now() });
      this.say(`The bot answers ${nameOf(before, id)} again.`, "good");
    });
  }

  private async retry(before: State): Promise<void> {
    const ids = retryable(before);
    if (ids.length === 0) return this.say("Nothing here waits to be sent again.", "quiet");
    const count = await this.api.flush(ids);
    this.say(
      count === 0 ? "Nothing was left to be sent again." : `${count} will be sent again now.`,
      count === 0 ? "quiet" : "good",
    );
  }

  private copy(before: State): void {
    const found = copied(before);
    if (found === null) return this.say("There is nothing to copy here.", "quiet");
    if (found.text.length > MOST_COPIED_CHARS)
      return this.say("That is too long for the clipboard; x writes a file.", "bad");
    this.outside.copy(found.text);
    this.say(`Copied ${found.what}, if your terminal allows it.`, "good");
  }

  private async export(before: State): Promise<void> {
    const { what, values } = exportable(before);
    if (values.length === 0) return this.say("There is nothing to write.", "quiet");
    const stamp = new Date(this.outside.now())
      .toISOString()
      .replace(/\.\d+Z$/, "")
      .replaceAll(/[-:]/g, "")
      .replace("T", "-");
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join("");
    const name = await this.outside.save(`botctl-${what}-${stamp}.ndjson`, text);
    this.say(`Wrote ${values.length} ${what} to ${name}.`, "good");
  }
}

function nameOf(state: State, id: number): string {
  const conversation = state.conversations.get(id);
  return conversation === undefined ? `#${id}` : personName(state, conversation);
}

/** What `r` sends again: what the event or the entry under the cursor is about, else what the conversation owes. */
function retryable(state: State): string[] {
  if (state.pane === "events") {
    const row = selectedRow(state);
    if (row?.kind === "owed") return [row.retry.id];
    if (row?.kind !== "event" || row.event.type === "response_sent") return [];
    const delivery = textIn(row.event, "delivery");
    if (delivery !== null) return [delivery];
    return row.event.type === "turn_failed" && typeof row.event.turn === "number" ? [`turn-${row.event.turn}`] : [];
  }
  const conversation = selectedConversation(state);
  if (conversation === null) return [];
  const messages = state.messages.get(conversation.id) ?? [];
  const deliveries = messages.flatMap((message) => message.deliveries.filter((each) => UNSETTLED.has(each.state)));
  const { doing } = conversation;
  const turn = doing?.kind === "failed" && doing.turn !== null ? [`turn-${doing.turn}`] : [];
  return [...turn, ...deliveries.map(({ id }) => id)];
}
