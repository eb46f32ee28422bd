/** One HTTP call of the command line: what can go wrong with it, as Faults. */
import { ErrorBody } from "./answers.ts";
import { Fault, FAULT_CODES, type FaultCode } from "../src/core/fault.ts";

/**
 * `fetch` whose failures are Faults.
 *
 * @throws Fault `unreachable`, or `timed_out` when the signal of `init` was a timeout
 */
export async function fetched(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    // A redirect would carry the token to wherever it points.
    return await fetch(`${url}${path}`, { ...init, redirect: "error" });
  } catch (cause) {
    throw broken(url, cause);
  }
}

/** The body as text. @throws Fault as `fetched` */
export async function textOf(response: Response, url: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw broken(url, cause);
  }
}

function broken(url: string, cause: unknown): Fault {
  if (cause instanceof Error && cause.name === "TimeoutError") {
    return new Fault(
      "timed_out",
      `The server at ${url} did not answer in time.`,
      "Look at its log; `botctl health` tells whether it answers at all.",
      { cause },
    );
  }
  if (cause instanceof Error && "code" in cause && cause.code === "UnexpectedRedirect") {
    return new Fault(
      "unreachable",
      `${url} leads elsewhere, and the admin token is not taken along.`,
      "Give the address it leads to with --url.",
      { cause },
    );
  }
  return unreachable(url, cause);
}

export function unreachable(url: string, cause: unknown): Fault {
  return new Fault(
    "unreachable",
    `No server answers at ${url}.`,
    "Start one with `botctl serve`, or name another with --data-dir or --url.",
    { cause },
  );
}

/** What a status other than 2xx means, in the server's own words where it has some. */
export async function refusal(response: Response, method: string, path: string, url: string): Promise<Fault> {
  const told = ErrorBody.safeParse(parsed(await response.text().catch(() => "")));
  const error = told.data?.error;
  if (response.status === 401) {
    return new Fault(
      "credentials",
      `The server at ${url} did not take the admin token.`,
      "Name the right one with --token-file; the server keeps it as `admin-token` in its data folder.",
    );
  }
  const code = FAULT_CODES.find((known) => known === error?.code) ?? codeOf(response.status);
  return new Fault(
    code,
    error?.message ?? `The server at ${url} answered ${response.status} to ${method} ${path}.`,
    error?.fix ?? "",
  );
}

function codeOf(status: number): FaultCode {
  if (status === 403) return "credentials";
  if (status === 404) return "not_found";
  if (status === 409) return "window_closed";
  if (status === 400 || status === 422) return "usage";
  return "failed";
}

/** JSON, or undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
