/** The model server's errors, in Groq's form. */
import type { AskedFailure } from "./answers.ts";
import type { PlatformError } from "./faults.ts";
import { json, type HttpAnswer } from "./listen.ts";

export interface ModelError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function badRequest(message: string, code?: string): ModelError {
  return { status: 400, message, type: "invalid_request_error", ...(code === undefined ? {} : { code }) };
}

export const BAD_KEY: ModelError = {
  status: 401,
  message: "Invalid API Key",
  type: "invalid_request_error",
  code: "invalid_api_key",
};

export function noSuchModel(model: string): ModelError {
  return {
    status: 404,
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: "invalid_request_error",
    code: "model_not_found",
  };
}

const INTERNAL: ModelError = { status: 500, message: "Internal Server Error", type: "internal_server_error" };

const TOO_FAST: ModelError = {
  status: 429,
  message:
    "Rate limit reached for the model in organization `org_sandbox` service tier `on_demand` on tokens per minute (TPM): " +
    "Limit 8000, Used 7800, Requested 900. Please try again in 1s.",
  type: "tokens",
  code: "rate_limit_exceeded",
  headers: { "retry-after": "1" },
};

/** The error a question asked for by `#fail:…`. */
export function askedFailure(status: AskedFailure): ModelError {
  switch (status) {
    case 400:
      return badRequest("the question asked for this failure");
    case 401:
      return BAD_KEY;
    case 429:
      return TOO_FAST;
    case 500:
      return INTERNAL;
  }
}

/** An ordered failure in Groq's words. */
export function orderedFailure(error: PlatformError): ModelError {
  const status = error.status ?? 500;
  const known =
    [BAD_KEY, TOO_FAST, INTERNAL].find((each) => each.status === status) ?? badRequest("ordered by the sandbox");
  return {
    ...known,
    status,
    ...(error.message === undefined ? {} : { message: error.message }),
    ...(error.code === undefined ? {} : { code: String(error.code) }),
    ...(error.headers === undefined ? {} : { headers: error.headers }),
  };
}

export function modelRefusal({ status, headers, ...error }: ModelError): HttpAnswer {
  return json(status, { error }, headers);
}
