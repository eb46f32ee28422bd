import type { Channel, ChannelName, RawRequest } from "../core/channel.ts";
import type { Publish } from "../core/event.ts";
import type { Clock } from "../core/clock.ts";
import type { BodyReader } from "./body.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Failures } from "./failures.ts";
import { errorBody } from "./faults.ts";

/** How a POST was answered: `stored` with 200, everything else refused. */
export type WebhookOutcome =
  "stored" | "not_stored" | "forged" | "too_large" | "too_slow" | "crowded" | "broken" | "closing";

/** Told of each POST after its answer was made. Must be quick: the platform waits. */
export type OnWebhook = (channel: ChannelName, outcome: WebhookOutcome, tookMs: number) => void;

export interface WebhookOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly publish: Publish;
  /** Stores a genuine body; resolves once it is on disk. */
  readonly take: (channel: Channel, body: Uint8Array, account: string | null) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onWebhook: OnWebhook;
  readonly bodies: BodyReader;
  /** How long a commit may take before the platform is told to come again. */
  readonly commits: Deadlines;
  /** Aborted: the server ends, and nothing more is taken. */
  readonly closing: AbortSignal;
  /** Signatures that were wrong. */
  readonly forgeries: Failures;
  /** Bytes. */
  readonly limitBytes: number;
  /** How a forged request is answered. */
  readonly forgedStatus: 401 | 403;
  /** The body of a 200. */
  readonly received: string;
}

/** The two halves of the address a platform writes to. */
export interface Webhook {
  /** The challenge, by GET. */
  readonly greet: (request: Request) => Response;
  /** Events, by POST. Stores before it answers 200. @param account which account the path names; null for none */
  readonly take: (request: Request, address: () => string, account: string | null) => Promise<Response>;
}

export function webhook(options: WebhookOptions): Webhook {
  const { channel } = options;
  const ok = { headers: { "content-type": options.received.startsWith("{") ? "application/json" : "text/plain" } };
  const answers: Readonly<Record<WebhookOutcome, () => Response>> = {
    stored: () => new Response(options.received, ok),
    not_stored: () => refuse(503, "storage", "it could not be stored; send it again"),
    forged: () => refuse(options.forgedStatus, "credentials", "the signature is missing or wrong"),
    too_large: () => refuse(413, "usage", "the body is too large"),
    too_slow: () => refuse(408, "timed_out", "the body came too slowly"),
    crowded: () => refuse(503, "busy", "too much is being read at once"),
    closing: () => refuse(503, "busy", "the server is stopping; send it again"),
    broken: () => refuse(400, "usage", "the body could not be read"),
  };

  return {
    greet(request) {
      const challenge = channel.greet(new URL(request.url).searchParams);
      if (challenge === null) return refuse(403, "credentials", "the verify token does not match");
      return new Response(challenge, { headers: { "content-type": "text/plain" } });
    },
    async take(request, address, account) {
      const beganAt = performance.now();
      const outcome = await taken(options, request, account);
      const answer = answers[outcome]();
      if (outcome === "forged") tellForgery(options, address());
      options.onWebhook(channel.name, outcome, performance.now() - beganAt);
      return answer;
    },
  };
}

async function taken(options: WebhookOptions, request: Request, account: string | null): Promise<WebhookOutcome> {
  const { channel } = options;
  const raw: RawRequest = { header: (name) => request.headers.get(name), account };
  if (!channel.plausible(raw)) return "forged";
  const body = await options.bodies.read(request, options.limitBytes);
  if (body.kind !== "read") return body.kind;
  if (channel.verify(raw, body.bytes) === "forged") return "forged";
  if (options.closing.aborted) return "closing";
  return (await stored(options, body.bytes, account)) ? "stored" : "not_stored";
}

function tellForgery({ channel, clock, publish, forgeries }: WebhookOptions, address: string): void {
  if (forgeries.count(address)) publish({ type: "signature_refused", at: clock.now(), platform: channel.name });
}

/** Whether it is on disk in time. */
function stored(
  { channel, take, onError, commits }: WebhookOptions,
  body: Uint8Array,
  account: string | null,
): Promise<boolean> {
  return new Promise((resolve) => {
    const deadline = commits.begin(() => resolve(false));
    const end = (isStored: boolean): void => {
      deadline.end();
      resolve(isStored);
    };
    take(channel, body, account).then(
      () => end(true),
      (error: unknown) => {
        onError(error);
        end(false);
      },
    );
  });
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json(errorBody(code, message), { status });
}
