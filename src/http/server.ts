/**
 * The listener. Webhooks are answered by Bun's own routes, because they come by the thousand and right after a start;
 * everything else by Elysia, which is loaded when it is first asked for.
 */
import { CHANNEL_NAMES, type Channel, type ChannelName } from "../core/channel.ts";
import { systemClock, type Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import { clientAddress, localUrl } from "./address.ts";
import { BodyReader } from "./body.ts";
import { Deadlines } from "./deadlines.ts";
import { Failures } from "./failures.ts";
import { answerFor } from "./faults.ts";
import type { RestOptions } from "./rest.ts";
import { webhook, type OnWebhook, type Webhook, type WebhookOptions } from "./webhooks.ts";

export interface ServerOptions extends RestOptions {
  readonly host: string;
  readonly port: number;
  readonly trustedProxyHops: number;
  readonly clock: Clock;
  readonly publish: Publish;
  /** Null: switched off. */
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly take: (channel: Channel, body: Uint8Array, account: string | null) => Promise<void>;
  readonly onWebhook: OnWebhook;
}

export interface RunningServer {
  /** Where others on this machine reach it. */
  readonly url: string;
  /** Takes no new connections; those that are there go on. */
  refuse(): void;
  /** Takes no new requests and lets those under way end, until `cut`. */
  stop(cut: AbortSignal): Promise<void>;
}

type Listener = Bun.Server<undefined>;
type Serve = (request: Request) => Response | Promise<Response>;

/** What each platform is told, and how much it may send at once (S4). */
const MANNERS = {
  messenger: { limitBytes: 4 * 1024 * 1024, forgedStatus: 401, received: "EVENT_RECEIVED" },
  telegram: { limitBytes: 1024 * 1024, forgedStatus: 403, received: '{"ok":true}' },
} as const satisfies Record<ChannelName, Pick<WebhookOptions, "limitBytes" | "forgedStatus" | "received">>;
/** A little above every limit of our own, so that ours answer. */
const LARGEST_BODY_BYTES = 5 * 1024 * 1024;
const IDLE_TIMEOUT_S = 30;
/** Past this the platform is told to come again (G1); a commit that comes later makes its copy a duplicate. */
const COMMIT_LIMIT_MS = 3_000;

export function startServer(options: ServerOptions): RunningServer {
  const server = listen(options);
  let drained: Promise<void> | undefined;
  const refuse = (): Promise<void> => (drained ??= server.stop());
  return {
    refuse: () => void refuse(),
    url: localUrl(options.host, server.port ?? options.port),
    async stop(cut) {
      const cancelled = Promise.withResolvers<void>();
      if (cut.aborted) cancelled.resolve();
      else cut.addEventListener("abort", () => cancelled.resolve(), { once: true });
      await Promise.race([refuse(), cancelled.promise]);
      await server.stop(true);
    },
  };
}

function listen(options: ServerOptions): Listener {
  const { host, port } = options;
  let rest: Promise<Serve> | undefined;
  try {
    return Bun.serve({
      hostname: host,
      port,
      maxRequestBodySize: LARGEST_BODY_BYTES,
      idleTimeout: IDLE_TIMEOUT_S,
      development: false,
      routes: Object.fromEntries(
        webhooks(options).map(([path, { greet, take }]) => [
          path,
          {
            GET: greet,
            POST: (request: Bun.BunRequest, server: Listener) =>
              take(request, () => addressOf(request, server, options), request.params["account"] ?? null),
          },
        ]),
      ),
      async fetch(request, server) {
        // A failure is not kept: the next request tries again.
        rest ??= loadRest(options, server).catch((error: unknown) => {
          rest = undefined;
          throw error;
        });
        return (await rest)(request);
      },
      error(error) {
        options.onError(error);
        const { status, body } = answerFor(error);
        return Response.json(body, { status });
      },
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EADDRINUSE")
      throw new Fault("busy", `port ${port} is taken`, "Stop what uses it, or choose another with --port.");
    throw new Fault("failed", `cannot listen on ${host}:${port}: ${String(error)}`, "Check HOST and PORT.", {
      cause: error,
    });
  }
}

/** By path, for the channels that are on. */
export function webhooks(options: ServerOptions): [string, Webhook][] {
  const { channels, clock, publish, take, onWebhook, onError, alarm, closing } = options;
  // Those who wait at the other end live in real time, also when the server is simulated at another pace.
  const real = systemClock();
  const shared = {
    clock,
    publish,
    take,
    onWebhook,
    onError,
    closing,
    bodies: new BodyReader(real),
    commits: new Deadlines(real, COMMIT_LIMIT_MS),
  };
  return CHANNEL_NAMES.flatMap((name): [string, Webhook][] => {
    const channel = channels[name];
    // Whoever asks for updates by itself opens no door to strangers.
    if (channel === null || channel.polling !== null) return [];
    const forgeries = new Failures(
      () => clock.now(),
      () => alarm(`forged:${name}`, `many ${name} webhooks come without a genuine signature`),
    );
    const door = webhook({ ...shared, ...MANNERS[name], channel, forgeries });
    const path = `/api/webhooks/${name}`;
    const paths = channel.addressesAccounts ? [path, `${path}/:account`] : [path];
    return paths.map((one) => [one, door]);
  });
}

function addressOf(request: Request, server: Listener, { trustedProxyHops }: ServerOptions): string {
  return clientAddress(request, server.requestIP(request)?.address ?? null, trustedProxyHops);
}

async function loadRest(options: ServerOptions, server: Listener): Promise<Serve> {
  const { restApp } = await import("./rest.ts");
  const app = restApp(options, (request) => addressOf(request, server, options));
  // Handlers ask it for a request's time limit; Elysia sets it only when it listens itself.
  app.server = server;
  return app.fetch;
}
