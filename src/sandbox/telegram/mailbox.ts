/** What one bot has yet to hear: a queue that getUpdates empties, or that is posted to a webhook. */
import type { Clock } from "../../core/clock.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { badRequest, type BotError, type BotResult } from "./answer.ts";
import { asInteger } from "./call.ts";

/** One update that was not acknowledged yet. */
export interface Pending {
  readonly id: number;
  /** As it is sent. */
  readonly update: JsonObject;
  /** Updates of one lane are delivered strictly one after another. */
  readonly lane: string;
  /** Epoch ms; after it nobody hears of it any more. */
  readonly expiresAt: number;
}

const DAY_MS = 24 * 3_600_000;
/** A button's press is of no use later than this. */
const PRESS_MS = 150_000;
const LONGEST_POLL_S = 50;
const MOST_UPDATES = 100;
/** Kinds that come only to who asks for them by name. */
const ON_REQUEST = ["chat_member", "message_reaction", "message_reaction_count"];
const PRESSES = ["callback_query", "shipping_query", "pre_checkout_query"];

const OTHER_POLLER =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

export class Mailbox {
  private queue: Pending[] = [];
  /** Sticky: shared by getUpdates and setWebhook. Null: the kinds of Telegram's own choice. */
  allowed: readonly string[] | null = null;
  /** Called when there is something new. */
  onNew: () => void = () => {};
  private poller: ((why: BotError | "look") => void) | null = null;

  /** @param lastId the number before that of the first update */
  constructor(
    private readonly clock: Clock,
    private lastId: number,
  ) {}

  /** Puts an update into the queue. Its `update_id`; null when the bot did not ask for its kind. */
  put(kinds: JsonObject): number | null {
    const kind = Object.keys(kinds)[0] ?? "";
    const wanted = this.allowed === null ? !ON_REQUEST.includes(kind) : this.allowed.includes(kind);
    if (!wanted) return null;
    const id = ++this.lastId;
    const life = PRESSES.includes(kind) ? PRESS_MS : DAY_MS;
    const update = { update_id: id, ...kinds };
    this.queue.push({ id, update, lane: laneOf(kind, asObject(kinds[kind])), expiresAt: this.clock.now() + life });
    this.poller?.("look");
    this.onNew();
    return id;
  }

  /** What waits, oldest first. What has expired is forgotten. */
  pending(): readonly Pending[] {
    const now = this.clock.now();
    this.queue = this.queue.filter(({ expiresAt }) => expiresAt > now);
    return this.queue;
  }

  acknowledge(id: number): void {
    this.queue = this.queue.filter((each) => each.id !== id);
  }

  drop(): void {
    this.queue = [];
  }

  /** Remembers which kinds are wanted; an empty list is Telegram's own choice, and anything else leaves it as it was. */
  allow(kinds: unknown): void {
    if (!Array.isArray(kinds)) return;
    const names = asList(kinds).flatMap((name) => asText(name) ?? []);
    this.allowed = names.length === 0 ? null : names;
  }

  /** Ends a poll that waits. */
  interrupt(description: string): void {
    this.poller?.({ code: 409, description });
  }

  /** getUpdates. Nothing is confirmed by being handed out: only by the offset of a later call. */
  async poll(params: JsonObject, gone: AbortSignal): Promise<BotResult> {
    this.interrupt(OTHER_POLLER);
    this.allow(params["allowed_updates"]);
    const limit = Math.min(Math.max(asInteger(params["limit"]) ?? MOST_UPDATES, 1), MOST_UPDATES);
    const timeoutS = Math.min(Math.max(asInteger(params["timeout"]) ?? 0, 0), LONGEST_POLL_S);
    const offset = asInteger(params["offset"]) ?? 0;
    if (params["offset"] !== undefined && asInteger(params["offset"]) === null) return badRequest("invalid offset");
    if (offset > 0) this.queue = this.queue.filter(({ id }) => id >= offset);
    if (offset < 0) this.queue = this.queue.slice(offset);
    if (this.pending().length === 0 && timeoutS > 0) {
      const refused = await this.something(timeoutS * 1_000, gone);
      if (refused !== null) return refused;
    }
    return {
      ok: this.pending()
        .slice(0, limit)
        .map(({ update }) => update),
    };
  }

  /** Waits for an update, the time, the caller's leaving, or a conflict, which alone is an answer. */
  private something(timeoutMs: number, gone: AbortSignal): Promise<BotError | null> {
    if (gone.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const end = (why: BotError | "look"): void => {
        cancel();
        gone.removeEventListener("abort", leave);
        if (this.poller === end) this.poller = null;
        resolve(why === "look" ? null : why);
      };
      const leave = (): void => end("look");
      const cancel = this.clock.after(timeoutMs, leave);
      gone.addEventListener("abort", leave, { once: true });
      this.poller = end;
    });
  }
}

/** Messages queue by chat; presses by person and membership by itself, so they can overtake a message. */
function laneOf(kind: string, event: JsonObject | null): string {
  if (kind === "callback_query") return `press ${String(asObject(event?.["from"])?.["id"])}`;
  const chat = String(asObject(event?.["chat"])?.["id"]);
  return kind === "my_chat_member" ? `membership ${chat}` : `chat ${chat}`;
}
