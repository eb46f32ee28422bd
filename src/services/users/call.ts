/** One HTTP call to the user service, with a limit on time and size. */
import { brokenCall, type BrokenCall } from "../../core/call-phase.ts";

export interface ServiceSettings {
  /** USER_SERVICE_BASE, without a slash at its end. */
  readonly baseUrl: string;
  /** Null: none is sent. */
  readonly apiKey: string | null;
  /** The header that carries the key. */
  readonly apiHeader: string;
  /** Time for one call, its body included (REQUEST_TIMEOUT). */
  readonly timeoutMs: number;
}

export interface ServiceCall {
  readonly method: "GET" | "POST";
  /** Below the base, with its query. */
  readonly path: string;
  /** Sent as JSON; null for none. */
  readonly json: unknown;
  /** The same for the same interaction each time it is sent, for services that look at it. */
  readonly key?: string;
}

/** `body` is what it holds as JSON; undefined for anything else. */
export type ServiceAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: unknown }
  /** Sent elsewhere, where we do not go: it could carry the key and people's words to strangers (guarantees S8). */
  | { readonly kind: "redirected"; readonly status: number }
  | BrokenCall;

/** A longer body is read no further. */
const MOST_BODY_BYTES = 1_024 * 1_024;

/** Makes one call, and its second half when the service wants a slash at the end of the path, or none. Never throws. */
export async function call(
  settings: ServiceSettings,
  request: ServiceCall,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const address = new URL(settings.baseUrl + request.path);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]);
  try {
    const response = await knock(settings, request, address, limit);
    if (!isRedirect(response)) return await read(response);
    const slashed = slashAway(address, response.headers.get("location"));
    void response.body?.cancel().catch(() => {});
    if (slashed === null) return { kind: "redirected", status: response.status };
    const second = await knock(settings, request, slashed, limit);
    if (!isRedirect(second)) return await read(second);
    void second.body?.cancel().catch(() => {});
    return { kind: "redirected", status: second.status };
  } catch (error) {
    return brokenCall(error, signal.aborted);
  }
}

function knock(
  { apiKey, apiHeader }: ServiceSettings,
  { method, json, key }: ServiceCall,
  address: URL,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(address, {
    method,
    headers: {
      accept: "application/json",
      ...(json === null ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(apiKey === null ? {} : { [apiHeader]: apiKey }),
    },
    ...(json === null ? {} : { body: JSON.stringify(json) }),
    signal,
    redirect: "manual",
    // A connection kept for the next call may be closed by the other side at the very moment it is used.
    keepalive: false,
  });
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

/** The same address but for a slash at the end of its path, as frameworks like to have it; null when it is another. */
function slashAway(from: URL, location: string | null): URL | null {
  const to = location === null ? null : URL.parse(location, from.href);
  if (to === null || to.origin !== from.origin || to.username !== "" || to.password !== "") return null;
  if (to.pathname.replace(/\/$/, "") !== from.pathname.replace(/\/$/, "") || to.pathname === from.pathname) return null;
  // Some forget the query on the way.
  return to.search === from.search || to.search === "" ? new URL(to.pathname + from.search, from) : null;
}

/** What was answered. A status that has come counts, also when the rest breaks off. */
async function read(response: Response): Promise<ServiceAnswer> {
  const { status, headers } = response;
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of response.body ?? []) {
      length += piece.byteLength;
      // Leaving the loop cancels the rest.
      if (length > MOST_BODY_BYTES) return { kind: "answered", status, headers, body: undefined };
      pieces.push(piece);
    }
    return {
      kind: "answered",
      status,
      headers,
      body: JSON.parse(new TextDecoder().decode(Buffer.concat(pieces, length))),
    };
  } catch {
    return { kind: "answered", status, headers, body: undefined };
  }
}
