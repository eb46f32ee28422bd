/** The admin API (DESIGN §7): everything here needs the bearer token, which the server checks before. */
import type { ChannelName } from "../core/channel.ts";
import type { RetryFilter } from "../core/journal.ts";
import type { Route } from "./route.ts";
import { accountRoutes, type AccountDesk } from "./routes/accounts.ts";
import { broadcastRoutes, type BroadcastOptions } from "./routes/broadcasts.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { retryRoutes } from "./routes/retries.ts";
import { sendingRoutes } from "./routes/sending.ts";
import { takeoverRoutes, type SendAnswer, type TakeoverOptions } from "./routes/takeovers.ts";
import { watchingRoutes, type Processing } from "./routes/watching.ts";
import type { Status } from "./status.ts";
import type { Follow } from "./stream.ts";

export interface SendRequest {
  readonly recipient_id: string;
  readonly text: string;
  readonly account?: string | undefined;
}

/** What the routes work with. */
export interface AdminOptions extends TakeoverOptions, BroadcastOptions {
  readonly follow: Follow;
  /** Aborted when the server has done what it could and takes nothing more. */
  readonly closing: AbortSignal;
  /** Gives up what waits in the retry journal. False: there is no such thing. */
  readonly drop: (id: string) => Promise<boolean>;
  readonly flush: (which: RetryFilter & { readonly force: boolean }) => Promise<number>;
  /** Sends a text by hand. Faults: not_found, account_ambiguous, window_closed, refused. */
  readonly send: (channel: ChannelName, request: SendRequest) => Promise<SendAnswer>;
  readonly processing: () => Promise<Processing>;
  readonly status: () => Promise<Status>;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly accounts: AccountDesk;
}

/** In the order of the reference. */
export const adminRoutes: readonly Route[] = [
  ...conversationRoutes,
  ...takeoverRoutes,
  ...sendingRoutes,
  ...broadcastRoutes,
  ...retryRoutes,
  ...accountRoutes,
  ...watchingRoutes,
];
