/** Graph's errors: what a wrong call is told, in Graph's form, with the codes that callers decide by. */
import type { PlatformError } from "./faults.ts";
import type { Ids } from "./ids.ts";
import { json, type HttpAnswer } from "./listen.ts";

export interface GraphError {
  readonly message: string;
  readonly code: number;
  readonly subcode?: number;
  readonly type?: "OAuthException" | "GraphMethodException";
  readonly status?: number;
  readonly transient?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A parameter that Graph will not take. */
export function invalidParameter(message: string, subcode?: number): GraphError {
  return { code: 100, message: `(#100) ${message}`, ...(subcode === undefined ? {} : { subcode }) };
}

/** The object is another page's, or nobody's: Graph does not say which. */
export function noSuchObject(method: string, id: string): GraphError {
  return {
    code: 100,
    subcode: 33,
    type: "GraphMethodException",
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
      "permissions, or does not support this operation. Please read the Graph API documentation at " +
      "https://developers.facebook.com/docs/graph-api",
  };
}

export const NO_TOKEN: GraphError = {
  code: 104,
  message: "An access token is required to request this resource.",
};

export const BAD_TOKEN: GraphError = {
  code: 190,
  message: "Invalid OAuth access token - Cannot parse access token",
};

/** What the token of a page becomes when a newer one took its place. */
export const REPLACED_TOKEN: GraphError = {
  code: 190,
  subcode: 460,
  message:
    "Error validating access token: The session has been invalidated because the user changed their password or Facebook " +
    "has changed the session for security reasons.",
};

export const NO_PROOF: GraphError = {
  code: 100,
  type: "GraphMethodException",
  message: "API calls from the server require an appsecret_proof argument",
};

export const BAD_PROOF: GraphError = {
  code: 100,
  type: "GraphMethodException",
  message: "Invalid appsecret_proof provided in the API argument",
};

/** The app asked for something that only a page can answer. */
export const NO_CURRENT_USER: GraphError = {
  code: 2500,
  message: "An active access token must be used to query information about the current user.",
};

/** An ordered failure in Graph's words. */
export function orderedError(error: PlatformError): GraphError {
  const code = typeof error.code === "number" ? error.code : 1;
  return {
    code,
    message: error.message ?? `(#${code}) ordered by the sandbox`,
    ...(error.subcode === undefined ? {} : { subcode: error.subcode }),
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.transient === undefined ? {} : { transient: error.transient }),
    ...(error.headers === undefined ? {} : { headers: error.headers }),
  };
}

/** Most of Graph's errors are 400, also those that speak of a token or of too many calls. */
export function refusal(error: GraphError, ids: Ids): HttpAnswer {
  const trace = `A${ids("trace").slice(0, 22)}`;
  const body = {
    message: error.message,
    type: error.type ?? "OAuthException",
    code: error.code,
    ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
    ...(error.transient === undefined ? {} : { is_transient: error.transient }),
    fbtrace_id: trace,
  };
  return json(error.status ?? 400, { error: body }, { "x-fb-trace-id": trace, ...error.headers });
}
