/** Where a scenario is played, as the engine sees it: something to post to, and an API to look at what came of it. */
import type { ChannelName } from "../../src/core/channel.ts";
import type { ConversationState } from "../../src/core/conversation.ts";
import type { StoredMessage } from "./history.ts";
import type { AttachmentType } from "./scenario.ts";

/** A body with what proves, or fails to prove, where it comes from. */
export interface Signed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

/** A conversation, as far as the engine looks at it. */
export interface SeenConversation {
  readonly id: number;
  readonly state: ConversationState;
  /** The newest turn, or the open one. */
  readonly turn: { readonly state: string } | null;
}

/** One of the server's events; a newer server may tell more, and more kinds. */
export interface SeenEvent {
  readonly type: string;
  /** Absent when the event is about no conversation. */
  readonly conversation?: number | undefined;
  readonly reason?: string | undefined;
  readonly [field: string]: unknown;
}

/** How a request ended of which most never came. */
export interface Stalled {
  /** Null when the connection was closed without an answer, or nothing happened at all. */
  readonly status: number | null;
  /** Whether the server ended it. */
  readonly ended: boolean;
  /** Real time. */
  readonly tookMs: number;
}

export interface Stage {
  /** Whose webhooks it takes. */
  readonly channel: ChannelName;
  /** The platform's ids of the pages that can be written to, at least one. */
  readonly pages: readonly string[];
  /** Our own app's id; null when it is not known. */
  readonly appId: string | null;
  /** Whether the model behind it answers by rule, so that its words can be foretold. */
  readonly rehearsed: boolean;
  /** Where the platform keeps a file of this type. */
  fileOf(type: AttachmentType, index: number): string;
  /** In the form in which the platform proves itself. `genuine` false uses some other secret. */
  sign(body: unknown, genuine: boolean): Signed;
  /** The same for bytes that are no JSON of ours. */
  signBytes(bytes: Uint8Array<ArrayBuffer>, genuine: boolean): Signed;
  /** Posts a webhook to this path. @returns the HTTP status @throws Fault `unreachable`, `timed_out` */
  post(webhook: Signed, path: string): Promise<number>;
  /** Sends the head of a larger body and these bytes, then nothing, and waits for what the server makes of it. */
  stall(webhook: Signed, path: string): Promise<Stalled>;
  /** A page's conversation with a contact; null when there is none. */
  conversation(page: string, contact: string): Promise<SeenConversation | null>;
  messages(conversation: number): Promise<readonly StoredMessage[]>;
  /** What the server says is happening, until it closes the stream or `signal` aborts. */
  events(signal: AbortSignal): AsyncIterable<SeenEvent>;
  /** SIGKILL, and a start on the same data; resolves when the server is ready. Null when the server is not ours to kill. */
  readonly kill: (() => Promise<void>) | null;
}
