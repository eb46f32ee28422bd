/**
 * Fetches what people send, and nothing else (S9). The only door to addresses that came from outside.
 *
 *   address → may this host be asked? → resolved once → is every address on the internet? → GET to exactly those
 *      ↑                                                                                        │ moved
 *      └──────────────────────── judged like the first, three times at most ←───────────────────┘
 */
import { lookup } from "node:dns/promises";
import { destinationOf, isGlobalUnicast, type FetchRules } from "./address.ts";
import { MAX_BYTES } from "./limits.ts";
import { interrupted, pinnedGet, unreachable, type FetchFailure, type Fetched, type Get } from "./pinned.ts";
import type { MediaType } from "./sniff.ts";

/** All addresses of a host, as text. Throws, or gives none, when there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface FetchOptions extends FetchRules {
  readonly accept: readonly MediaType[];
  /** 10 MiB when absent. */
  readonly maxBytes?: number;
  /** For everything together: names, redirects and the body. 15 s when absent. */
  readonly timeoutMs?: number;
  /** The system's resolver when absent. */
  readonly resolve?: Resolve;
  readonly signal: AbortSignal;
}

export type FetchOutcome = Fetched | FetchFailure;

const TIMEOUT_MS = 15_000;
const MOST_REDIRECTS = 3;

/**
 * Fetches one file into memory.
 *
 * @param url as it came in a message
 * @param get makes one request; tests put a server of theirs behind it
 * @returns planned failures as values; their reasons never hold the address, which is signed and may be a secret
 */
export async function fetchAttachment(url: string, options: FetchOptions, get: Get = pinnedGet): Promise<FetchOutcome> {
  const { resolve = systemResolve, maxBytes = MAX_BYTES, accept } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)]);
  let next = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const destination = destinationOf(next, options, redirects > 0);
    if (destination.kind === "refused") return destination;
    const { url: asked, trusted } = destination;

    const addresses = await unlessAborted(resolve(asked.hostname.replace(/^\[(.*)\]$/, "$1")), signal);
    if (signal.aborted) return interrupted(signal);
    if (addresses === null || addresses.length === 0) return unreachable("its server cannot be found");
    // One bad address among good ones refuses them all: whoever answers so is up to something.
    if (!trusted && !addresses.every(isGlobalUnicast))
      return { kind: "refused", reason: "its host is not on the internet" };

    const got = await get({ url: asked, addresses }, { maxBytes, accept }, signal);
    if (got.kind !== "moved") return got;
    if (trusted) return { kind: "refused", reason: "its server sends elsewhere" };
    next = URL.parse(got.location, asked.href)?.href ?? "";
  }
  return { kind: "refused", reason: "its server sends elsewhere too often" };
}

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** @returns null when there was no answer: the name is unknown, its servers are silent, or the signal came first */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve) => {
    const give = (): void => resolve(null);
    signal.addEventListener("abort", give, { once: true });
    if (signal.aborted) give();
    void answer.then(resolve, give).finally(() => signal.removeEventListener("abort", give));
  });
}
