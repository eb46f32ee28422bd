import { Elysia } from "elysia";
import type { Channel } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import { adminRoutes, type AdminOptions } from "./admin.ts";
import { adminGuard } from "./auth.ts";
import { BodyReader } from "./body.ts";
import { answerFor, errorBody } from "./faults.ts";
import { webhookRoutes } from "./webhooks.ts";

export interface ServerOptions extends AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly adminToken: string;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly messenger: Channel | null;
  readonly take: (channel: Channel, body: Uint8Array) => Promise<void>;
  /** Null when it takes work, else why not. */
  readonly notReady: () => Promise<string | null>;
  readonly privacyPage: string;
  readonly onError: (error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no new requests and lets those under way end, at most `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
}

const MESSENGER_LIMIT_BYTES = 4 * 1024 * 1024;
/** A little above every limit of our own, so that ours answer. */
const LARGEST_BODY_BYTES = 5 * 1024 * 1024;
const IDLE_TIMEOUT_S = 30;

export function startServer(options: ServerOptions): RunningServer {
  const { clock, publish, take, onError, messenger } = options;
  const bodies = new BodyReader();
  const guard = adminGuard(options.adminToken);

  const app = new Elysia({ serve: { maxRequestBodySize: LARGEST_BODY_BYTES, idleTimeout: IDLE_TIMEOUT_S, development: false } });
  // First of all: hooks reach only the routes that come after them.
  app.onError(({ code, error }) => {
    if (code === "NOT_FOUND") return Response.json(errorBody("not_found", "there is nothing here"), { status: 404 });
    if (code === "PARSE" || code === "VALIDATION") return Response.json(errorBody("usage", "the request could not be read"), { status: 400 });
    const { status, body } = answerFor(error);
    if (status >= 500) onError(error);
    return Response.json(body, { status });
  });
  if (messenger !== null) {
    const shared = { clock, publish, take, onError, bodies };
    app.use(
      webhookRoutes({
        ...shared,
        channel: messenger,
        path: "/api/webhooks/messenger",
        limitBytes: MESSENGER_LIMIT_BYTES,
        forgedStatus: 401,
        received: "EVENT_RECEIVED",
      }),
    );
  }
  app.get("/api/health", () => ({ status: "ok" }));
  app.get("/api/ready", async ({ set }) => {
    const reason = await options.notReady();
    if (reason === null) return { status: "ready" };
    set.status = 503;
    return { status: "not_ready", reason };
  });
  app.get("/privacy", () => new Response(options.privacyPage, { headers: { "content-type": "text/html; charset=utf-8" } }));
  app.use(new Elysia().onBeforeHandle(({ request }) => guard(request)).use(adminRoutes(options)));

  const server = listen(app, options);
  return {
    port: server.port ?? options.port,
    async stop(patienceMs) {
      const drained = server.stop();
      const cancelled = Promise.withResolvers<void>();
      const cancel = clock.after(patienceMs, () => cancelled.resolve());
      await Promise.race([drained, cancelled.promise]);
      cancel();
      await server.stop(true);
    },
  };
}

function listen(app: Elysia, { host, port }: ServerOptions): Bun.Server<unknown> {
  try {
    app.listen({ hostname: host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EADDRINUSE") throw new Fault("busy", `port ${port} is taken`, "Stop what uses it, or choose another with --port.");
    throw new Fault("failed", `cannot listen on ${host}:${port}: ${String(error)}`, "Check HOST and PORT.", { cause: error });
  }
  if (app.server === null) throw new Fault("failed", `cannot listen on ${host}:${port}`);
  return app.server;
}
