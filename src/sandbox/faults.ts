/**
 * Failures on order. Each one names an endpoint and waits there for the calls it is meant for, oldest order first, so
 * that the same orders always hit the same calls.
 */
import type { Clock } from "../core/clock.ts";
import { asObject, readJson, type JsonObject } from "./json.ts";
import { json, pause, type HttpAnswer, type HttpCall, type HttpOutcome } from "./listen.ts";
import type { BotEndpoint } from "./telegram/call.ts";

/**
 * `messages` are messages for people; marks such as typing come by the same path and count as `sender_action`. Telegram's
 * endpoints have the names of its methods.
 */
export type Endpoint =
  | "messages"
  | "sender_action"
  | "object"
  | "app"
  | "profile"
  | "messenger_profile"
  | "subscribed_apps"
  | "subscriptions"
  | "debug_token"
  | "chat"
  | "models"
  | "transcriptions"
  | "media"
  | BotEndpoint;

/** An error in the words of the platform it is ordered from. What is left out gets the platform's usual value. */
export interface PlatformError {
  /** HTTP status; 400 at Graph, 500 at the model and at Telegram when left out. */
  readonly status?: number;
  /** A number at Graph, a word at the model. */
  readonly code?: number | string;
  readonly subcode?: number;
  readonly message?: string;
  /** Graph's `is_transient`. */
  readonly transient?: boolean;
  /** Telegram's `retry_after`; makes the status 429. */
  readonly retryAfterS?: number;
  /** Telegram's `migrate_to_chat_id`; makes it the refusal of a group that has become a supergroup. */
  readonly migrateTo?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type InjectedFault =
  /** Refused with the platform's form of error; nothing was done. */
  | (PlatformError & { readonly kind: "error" })
  /** Refused with any bytes, as by a gateway in between; nothing was done. */
  | { readonly kind: "body"; readonly status: number; readonly text: string; readonly contentType?: string }
  /** Done, and the connection closed without an answer: the caller cannot know. */
  | { readonly kind: "drop" }
  /** The connection closed before anything was done. */
  | { readonly kind: "reset" }
  /** Nothing done and nothing said for `ms`, then the connection is closed. */
  | { readonly kind: "hang"; readonly ms: number }
  /** Done at once, answered only after `ms`. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Done and answered 200, but the answer has no `message_id` and no `id`. */
  | { readonly kind: "no_id" };

/** What a predicate may look at. */
export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  /** The JSON body; null when there is none. */
  readonly body: JsonObject | null;
}

export interface FaultOrder {
  /** How many calls it hits; 1 when left out, Infinity for all. */
  readonly times?: number;
  /** Which calls it is for; all when left out. Others pass by without using it up. */
  readonly when?: (subject: FaultSubject) => boolean;
}

interface Waiting {
  readonly endpoint: Endpoint;
  readonly fault: InjectedFault;
  readonly when: (subject: FaultSubject) => boolean;
  left: number;
}

export class Faults {
  private waiting: Waiting[] = [];

  /** Orders a failure. The answer takes back what is left of it. */
  inject(endpoint: Endpoint, fault: InjectedFault, order: FaultOrder = {}): () => void {
    const entry: Waiting = { endpoint, fault, when: order.when ?? (() => true), left: order.times ?? 1 };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  }

  /** Orders that still wait for a call, at one endpoint or at all. */
  pending(endpoint?: Endpoint): number {
    return this.waiting.filter((entry) => endpoint === undefined || entry.endpoint === endpoint).length;
  }

  clear(): void {
    this.waiting = [];
  }

  /** Uses up the oldest order that is meant for this call; null when there is none. */
  take(endpoint: Endpoint, call: HttpCall): InjectedFault | null {
    if (this.pending(endpoint) === 0) return null;
    const subject = subjectOf(call);
    const entry = this.waiting.find((each) => each.endpoint === endpoint && each.when(subject));
    if (entry === undefined) return null;
    entry.left--;
    if (entry.left <= 0) this.waiting = this.waiting.filter((other) => other !== entry);
    return entry.fault;
  }
}

/**
 * Does the work the way the fault wants it.
 *
 * @param work what the endpoint does when nothing is wrong
 * @param refuse an error in the form of the platform
 */
export async function underFault(
  fault: InjectedFault | null,
  work: () => Promise<HttpOutcome>,
  refuse: (error: PlatformError) => HttpAnswer,
  clock: Clock,
  gone: AbortSignal,
): Promise<HttpOutcome> {
  if (fault === null) return work();
  switch (fault.kind) {
    case "error":
      return refuse(fault);
    case "body":
      return { status: fault.status, headers: { "content-type": fault.contentType ?? "text/html" }, body: fault.text };
    case "drop":
      await work();
      return "drop";
    case "reset":
      return "drop";
    case "hang":
      await pause(clock, fault.ms, gone);
      return "drop";
    case "slow": {
      const outcome = await work();
      await pause(clock, fault.ms, gone);
      return outcome;
    }
    case "no_id":
      return withoutId(await work());
  }
}

function withoutId(outcome: HttpOutcome): HttpOutcome {
  if (outcome === "drop" || typeof outcome.body !== "string") return outcome;
  const body = asObject(readJson(outcome.body)) ?? {};
  const result = asObject(body["result"]);
  if (result !== null) {
    const { message_id: _, ...nameless } = result;
    return json(outcome.status, { ...body, result: nameless });
  }
  const { message_id, id, ...rest } = body;
  return message_id === undefined && id === undefined ? outcome : json(outcome.status, rest);
}

function subjectOf(call: HttpCall): FaultSubject {
  return { method: call.method, path: call.path, body: asObject(readJson(new TextDecoder().decode(call.body))) };
}
