import { call, type CallOutcome } from "../call.ts";
import { hexProof } from "../proof.ts";

/** What every call to the Graph API needs. */
export interface GraphSettings {
  readonly appSecret: string;
  /** Without a slash at the end, e.g. https://graph.facebook.com. */
  readonly graphBase: string;
  /** e.g. v24.0 */
  readonly graphVersion: string;
  readonly sendTimeoutMs: number;
}

/** Writes: the token goes into the body, so that no proxy's log can hold it (guarantees S8). */
export function graphPost(
  settings: GraphSettings,
  path: string,
  token: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const json = { ...body, access_token: token };
  return call(
    { method: "POST", url: graphUrl(settings, path, token, {}), json, timeoutMs: settings.sendTimeoutMs },
    signal,
  );
}

/** Reads: for these Meta documents no place for the token but the query. */
export function graphGet(
  settings: GraphSettings,
  path: string,
  token: string,
  fields: string,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const url = graphUrl(settings, path, token, { fields, access_token: token });
  return call({ method: "GET", url, json: null, timeoutMs: settings.sendTimeoutMs }, signal);
}

/** Takes something back; the token stands in the query, as for reads. */
export function graphDelete(
  settings: GraphSettings,
  path: string,
  token: string,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const url = graphUrl(settings, path, token, { access_token: token });
  return call({ method: "DELETE", url, json: null, timeoutMs: settings.sendTimeoutMs }, signal);
}

/** The proof that the caller holds the app secret is of no use without the token, so it may stand in the address. */
function graphUrl(
  settings: GraphSettings,
  path: string,
  token: string,
  query: Readonly<Record<string, string>>,
): string {
  const parameters = new URLSearchParams({ ...query, appsecret_proof: hexProof(settings.appSecret, token) });
  // Put together as text: a base that is no address then fails in the call, as an outcome, and not here.
  return `${settings.graphBase.replace(/\/+$/, "")}/${settings.graphVersion}/${path}?${parameters.toString()}`;
}
