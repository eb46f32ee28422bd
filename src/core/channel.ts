import type { Access } from "./account.ts";
import type { SendOutcome } from "./delivery.ts";
import type { Polling } from "./polling.ts";
import type { RenderedPart, Reply } from "./reply.ts";
import type { Subscriptions } from "./subscription.ts";
import type { Quarantined, Update } from "./update.ts";

export const CHANNEL_NAMES = ["messenger", "telegram"] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** What came in over HTTP, before anybody believed it. */
export interface RawRequest {
  /** A header's value, by lower-case name; null when absent. */
  header(name: string): string | null;
  /** Which account the address named, for channels with one address per account. */
  readonly account: string | null;
}

/** A genuine body, read. One bad event does not spoil its neighbours. */
export interface Parsed {
  readonly updates: readonly Update[];
  readonly quarantined: readonly Quarantined[];
}

/** One message to put on the wire. */
export interface OutgoingMessage {
  readonly access: Access;
  readonly contact: string;
  /** Goes out as the platform's metadata where it has such a field, and comes back in the echo. */
  readonly deliveryId: string;
  /** A `RenderedPart.body`. */
  readonly body: string;
}

export type Mark = "seen" | "typing_on" | "typing_off";

/** Who a token speaks for. */
export interface Identity {
  readonly externalId: string;
  readonly name: string;
  readonly appId: string | null;
}

/** Planned answers of `identify`: `refused` will not get better by waiting, `unreachable` will. */
export type IdentifyOutcome =
  | { readonly kind: "identified"; readonly identity: Identity }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** `reason` completes "It could not be fetched: …", for the agent: "it is too large". */
export type FileOutcome =
  { readonly kind: "located"; readonly url: string } | { readonly kind: "unavailable"; readonly reason: string };

/** So many messages in any stretch of that length. */
export interface Rate {
  readonly messages: number;
  readonly perMs: number;
}

/** A platform. What differs between platforms is data where it can be; a new one is a folder and a registry line. */
export interface Channel {
  readonly name: ChannelName;
  /** Longest text of one message, in UTF-16 units. */
  readonly textLimitUnits: number;
  /** The window after a person's last message in which we may still write; null when there is none. */
  readonly windowMs: number | null;
  /** Messages one account may send in any second. Source: the platform's published limits, with a margin. */
  readonly sendsPerSecond: number;
  /** How many of them may go to one chat. Source: as above. */
  readonly chatRates: (contact: string) => readonly Rate[];
  /** How long the typing bubble stands by itself, so that it is shown anew before that. */
  readonly typingLastsMs: number;
  /** Whether the platform sends our own messages back with the delivery id, so unknown outcomes can be settled. */
  readonly echoesDeliveries: boolean;
  /** Whether every account has an address of its own below the channel's, because a body does not say whose it is. */
  readonly addressesAccounts: boolean;
  /** Where the settings want updates asked for; null: they come by webhook. Never both. */
  readonly polling: Polling | null;
  /** Answers a platform that opens with a challenge; null when the challenge is not ours. */
  greet(query: URLSearchParams): string | null;
  /** Looks at the headers alone, so that a body which cannot be genuine is never read. */
  plausible(request: RawRequest): boolean;
  /** Checks the sender's proof over the raw bytes, because signatures cover bytes, not JSON. */
  verify(request: RawRequest, body: Uint8Array): "genuine" | "forged";
  /**
   * Reads a genuine body. Never throws: what cannot be read is quarantined.
   *
   * @param account as in `RawRequest`
   */
  parse(body: Uint8Array, account: string | null): Parsed;
  /** Cuts a reply into messages within the platform's limits, in order. At least one part. */
  render(reply: Reply): RenderedPart[];
  /** Makes one attempt. An answer from the platform is an outcome, never a throw. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome>;
  /** Seen and typing: best effort, never retried, never throws. */
  mark(access: Access, contact: string, mark: Mark, signal: AbortSignal): Promise<void>;
  /**
   * Tells the person's app that a tap has come in (`Update.receipt`), because it shows a clock on the button until then: best
   * effort, never retried, never throws. Null on a platform where no app waits for that.
   */
  readonly confirm: ((access: Access, receipt: string, signal: AbortSignal) => Promise<void>) | null;
  /**
   * Where the bytes of a file lie that the platform named by an id (`Attachment.fileId`). The address may hold the token: it is
   * for the fetch that follows, and goes to no database, no log, no model and no agent. Null on a platform whose attachments
   * come with addresses.
   */
  readonly locate: ((access: Access, fileId: string, signal: AbortSignal) => Promise<FileOutcome>) | null;
  /** How an account's updates find their way here. */
  readonly subscriptions: Subscriptions;
  /** Asks the platform whom a token speaks for. */
  identify(token: string, signal: AbortSignal): Promise<IdentifyOutcome>;
}
