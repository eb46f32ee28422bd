/**
 * One GET over a connection to addresses that were judged before.
 *
 * `node:https` with a lookup of our own, and not `fetch`, because `fetch` resolves the name again by itself: between the
 * judgement and the connection the name could come to mean another machine (DNS rebinding). `fetch` would also go through
 * a proxy named in the environment. No agent, so no connection is shared or outlives its answer.
 */
import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { SNIFFED_BYTES, sniff, type MediaType } from "./sniff.ts";

export interface Target {
  readonly url: URL;
  /** The only machines that may be connected to, tried in order. */
  readonly addresses: readonly string[];
  /** Another port than the address says, for tests. */
  readonly port?: number;
  /** Another authority than the system's, for tests. */
  readonly ca?: string;
}

export interface FileLimits {
  readonly maxBytes: number;
  readonly accept: readonly MediaType[];
}

/** A reason completes "It could not be fetched: …" and never holds the address. */
export interface FetchFailure {
  readonly kind: "refused" | "unreachable" | "too_large" | "wrong_type";
  readonly reason: string;
}

export type Fetched = { readonly kind: "fetched"; readonly bytes: Uint8Array; readonly mime: MediaType };

/** `moved`: the server names another place, as it wrote it. */
export type Got = Fetched | FetchFailure | { readonly kind: "moved"; readonly location: string };

export type Get = (target: Target, limits: FileLimits, signal: AbortSignal) => Promise<Got>;

/** Makes one request and reads no more of the answer than it must. What goes wrong on the way is an outcome. */
export const pinnedGet: Get = (target, limits, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(interrupted(signal));
    const { url, port, ca } = target;
    const secure = url.protocol === "https:";
    const options: RequestOptions & { readonly ca?: string; readonly rejectUnauthorized: boolean } = {
      method: "GET",
      hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port ?? (url.port === "" ? (secure ? 443 : 80) : Number(url.port)),
      path: url.pathname + url.search,
      agent: false,
      lookup: lookupIn(target.addresses),
      // Compressed, the limit would count other bytes than those that are kept.
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "botctl" },
      // Said, because an environment variable could otherwise switch the check off.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
    };
    const request = secure ? requestSecure(options) : requestPlain(options);
    const settle = (got: Got): void => {
      signal.removeEventListener("abort", give);
      resolve(got);
      request.destroy();
    };
    const give = (): void => settle(interrupted(signal));
    signal.addEventListener("abort", give, { once: true });
    // Stays for what `destroy` itself brings up; a promise settles only once.
    request.on("error", () => settle(unreachable("its server cannot be reached")));
    request.on("response", (response) => read(response, limits, settle));
    request.end();
  });

/** Answers a connection's question for addresses with those it may have. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, answer) => {
    const [first] = entries;
    if (first === undefined) answer(new Error("no address was given"), "");
    else if (all === true) answer(null, entries);
    else answer(null, first.address, first.family);
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];

function read(response: IncomingMessage, { maxBytes, accept }: FileLimits, settle: (got: Got) => void): void {
  const { statusCode = 0, headers } = response;
  const brokenOff = (): void => settle(unreachable("the connection broke off"));
  response.on("error", brokenOff);
  response.on("aborted", brokenOff);
  if (REDIRECTS.includes(statusCode)) return settle({ kind: "moved", location: headers.location ?? "" });
  if (statusCode !== 200) return settle(unreachable(`its server answered ${statusCode}`));
  // Only a short cut: what the header says may be a lie, so the bytes are counted all the same.
  if (Number(headers["content-length"]) > maxBytes) return settle(TOO_LARGE);

  const chunks: Uint8Array[] = [];
  let length = 0;
  let mime: MediaType | null = null;
  /** Asked as soon as the first bytes are there, so that nothing is read in vain. */
  const recognise = (): boolean => {
    const seen = sniff(Buffer.concat(chunks));
    mime = seen !== null && accept.includes(seen) ? seen : null;
    return mime !== null;
  };
  response.on("data", (chunk: Uint8Array) => {
    length += chunk.byteLength;
    if (length > maxBytes) return settle(TOO_LARGE);
    chunks.push(chunk);
    if (mime === null && length >= SNIFFED_BYTES && !recognise()) settle(WRONG_TYPE);
  });
  response.on("end", () => {
    if (!response.complete) return brokenOff();
    if (mime === null && !recognise()) return settle(WRONG_TYPE);
    if (mime !== null) settle({ kind: "fetched", bytes: Buffer.concat(chunks), mime });
  });
}

const TOO_LARGE: FetchFailure = { kind: "too_large", reason: "it is too large" };
const WRONG_TYPE: FetchFailure = { kind: "wrong_type", reason: "it is not of a kind that can be read" };

export function unreachable(reason: string): FetchFailure {
  return { kind: "unreachable", reason };
}

/** What an aborted signal means for a file. */
export function interrupted(signal: AbortSignal): FetchFailure {
  const late = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  return unreachable(late ? "its server took too long" : "it was given up");
}
