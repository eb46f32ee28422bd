/** Everything beside the webhooks: health, pages and the admin API. */
import { Elysia, ParseError } from "elysia";
import { Fault } from "../core/fault.ts";
import { adminRoutes, type AdminOptions } from "./admin.ts";
import { adminGuard } from "./auth.ts";
import { Failures } from "./failures.ts";
import { answerFor, errorBody, isOurs } from "./faults.ts";
import { attach } from "./route.ts";
import { publicRoutes } from "./routes/public.ts";

export interface RestOptions extends AdminOptions {
  readonly adminToken: string;
  /** The server as the outside sees it; null when nobody said. */
  readonly publicUrl: string | null;
  /** Null when it takes work, else why not. */
  readonly notReady: () => Promise<string | null>;
  readonly privacyPage: string;
  readonly onError: (error: unknown) => void;
  /** Raises an alarm; the same cause is told once a minute. */
  readonly alarm: (cause: string, message: string) => void;
}

/** @param addressOf who sent a request */
export function restApp(options: RestOptions, addressOf: (request: Request) => string): Elysia {
  const failures = new Failures(options.now, () =>
    options.alarm("admin-token", "somebody tries admin tokens that are wrong, again and again"),
  );
  const { adminToken, publicUrl } = options;
  const guard = adminGuard(adminToken, publicUrl, (request) => failures.count(addressOf(request)));
  // Where the path begins is looked for after "http://"; else a name of three letters would be taken for part of it.
  const app = new Elysia({ handler: { standardHostname: false } });
  // First of all: hooks reach only the routes that come after them.
  app.onError(({ code, error }) => {
    if (code === "NOT_FOUND") return Response.json(errorBody("not_found", "there is nothing here"), { status: 404 });
    // What the guard throws before a body is read comes wrapped.
    const refused = error instanceof ParseError && error.cause instanceof Fault ? error.cause : null;
    if (refused === null && (code === "PARSE" || code === "VALIDATION"))
      return Response.json(errorBody("usage", "the body could not be read", "Send JSON, in UTF-8."), { status: 400 });
    const { status, body } = answerFor(refused ?? error);
    if (isOurs(status)) options.onError(error);
    return Response.json(body, { status, headers: status === 401 ? { "www-authenticate": "Bearer" } : {} });
  });
  attach(app, publicRoutes, options);
  // Twice, because only requests with a body are parsed; theirs is not read for just anybody.
  const guarded = new Elysia().onParse(({ request }) => guard(request)).onBeforeHandle(({ request }) => guard(request));
  app.use(attach(guarded, adminRoutes, options));
  return app;
}
