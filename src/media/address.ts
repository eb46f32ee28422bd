/**
 * Where a file may be fetched from (S9). People choose the addresses in their messages, so an address is hostile until two
 * questions are answered: may this host be asked at all, and is what its name leads to out on the internet?
 */
import { BlockList, isIP } from "node:net";

/** Where Messenger and Instagram keep what people send. Source: Meta's platform reference; every sub-domain counts. */
export const META_MEDIA_HOSTS = ["fbcdn.net", "fbsbx.com", "cdninstagram.com"] as const;

export interface FetchRules {
  /** Lower-case names that may be asked, with everything below them: "fbcdn.net" allows "scontent.xx.fbcdn.net". */
  readonly allowedHosts: readonly string[];
  /**
   * Origins ("http://127.0.0.1:4711") that the operator or the sandbox vouches for. They may be anywhere and speak http, so
   * they are never reached by way of a redirect, and theirs are not followed.
   */
  readonly trustedOrigins: readonly string[];
}

/** `trusted`: the addresses behind the name are not judged. */
export type Destination =
  | { readonly kind: "allowed"; readonly url: URL; readonly trusted: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** Signed addresses of Meta's have 300 to 900 characters. */
const LONGEST_URL_CHARS = 4_096;

/** Letters and hyphens, ending in a name. A last part of digits would be an IPv4 address in one of its many spellings. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/**
 * Judges an address before anything is asked, DNS included.
 *
 * @param text the address as it came, or what a redirect leads to
 * @param redirected a server sent us there, so the origins that are trusted for themselves do not count
 * @returns a refusal's reason completes "It was refused because …" and never holds the address
 */
export function destinationOf(text: string, rules: FetchRules, redirected: boolean): Destination {
  if (text.length > LONGEST_URL_CHARS) return refused("its address is too long");
  // Parsers drop tabs and line breaks and turn a backslash into a slash; what two programs read differently is not read.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(text)) return refused("its address cannot be read");
  const url = URL.parse(text);
  if (url === null) return refused("its address cannot be read");
  // What was written must be what is asked: no name and password, no `0x7f.1` or `2130706433`, no encoded or foreign letters.
  const written = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase();
  const plain = url.protocol === "https:" && url.port === "" ? written?.replace(/:443$/, "") : written;
  if (plain === undefined || plain !== url.host) return refused("its address cannot be read");
  if (!redirected && isTrusted(url, rules.trustedOrigins)) return { kind: "allowed", url, trusted: true };

  if (url.protocol !== "https:") return refused("its address is not https");
  if (url.port !== "") return refused("its address names a port");
  const { hostname } = url;
  const isName = hostname.length <= 253 && HOST_NAME.test(hostname) && !/(?:^|\.)xn--/.test(hostname);
  const allowed = rules.allowedHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
  if (!isName || !allowed) return refused("its host is not an allowed one");
  return { kind: "allowed", url, trusted: false };
}

function isTrusted(url: URL, trustedOrigins: readonly string[]): boolean {
  // The origin of `file:` and its like is the word "null", which would make them all the same.
  if (url.protocol !== "https:" && url.protocol !== "http:") return false;
  return trustedOrigins.some((each) => URL.parse(each)?.origin === url.origin);
}

function refused(reason: string): Destination {
  return { kind: "refused", reason };
}

/** IPv4 that is not one host on the internet. Source: IANA's special-purpose registry, multicast and class E. */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // behind a provider's NAT; one cloud answers with its metadata here
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // a public number, but on every Azure machine it is the host below it
  ["169.254.0.0", 16], // the metadata of most clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/**
 * What is special inside 2000::/3. Everything outside of it is no global unicast: loopback, link-local, unique local,
 * multicast, and the forms that carry an IPv4 address (::ffff:0:0/96, 64:ff9b::/96 and 64:ff9b:1::/48). A server that
 * means an IPv4 address can say so, and Meta's and Telegram's have IPv6 addresses of their own.
 */
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23], // Teredo (carries IPv4), benchmarks, ORCHID
  ["2001:db8::", 32],
  ["2002::", 16], // 6to4, carries IPv4
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
];

const specialIpv4 = new BlockList();
for (const [network, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(network, prefix, "ipv4");
const globalIpv6 = new BlockList();
globalIpv6.addSubnet("2000::", 3, "ipv6");
const specialIpv6 = new BlockList();
for (const [network, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(network, prefix, "ipv6");

/** Whether `address`, as a resolver gives it, is one host on the internet. False for everything that is no address. */
export function isGlobalUnicast(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, "ipv4");
    case 6:
      // A zone ("fe80::1%eth0") only makes sense on a link.
      return !address.includes("%") && globalIpv6.check(address, "ipv6") && !specialIpv6.check(address, "ipv6");
    default:
      return false;
  }
}
