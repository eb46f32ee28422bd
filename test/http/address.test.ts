import { describe, expect, test } from "bun:test";
import { clientAddress, localUrl } from "../../src/http/address.ts";

describe("where a server is reached from its own machine", () => {
  test.each([
    ["0.0.0.0", "http://127.0.0.1:8000"],
    ["", "http://127.0.0.1:8000"],
    ["127.0.0.2", "http://127.0.0.2:8000"],
    ["10.1.2.3", "http://10.1.2.3:8000"],
    ["localhost", "http://localhost:8000"],
    ["::", "http://[::1]:8000"],
    ["::1", "http://[::1]:8000"],
    ["[::1]", "http://[::1]:8000"],
    ["2001:db8::7", "http://[2001:db8::7]:8000"],
  ])("HOST %p: %s", (host, url) => {
    expect(localUrl(host, 8_000)).toBe(url);
  });
});

describe("S4 whose request it is", () => {
  const from = (forwarded: string | null): Request =>
    new Request("http://localhost/", { headers: forwarded === null ? {} : { "x-forwarded-for": forwarded } });

  test.each([
    ["the peer's, whatever a header says", "6.6.6.6", 0, "10.0.0.1"],
    ["whom the one proxy saw, not what the sender wrote before that", "6.6.6.6, 198.51.100.7", 1, "198.51.100.7"],
    ["whom the outer of two proxies saw", "6.6.6.6, 198.51.100.7, 10.0.0.9", 2, "198.51.100.7"],
    ["the peer's when no proxy said anything", null, 1, "10.0.0.1"],
    ["the peer's when fewer proxies spoke than are trusted", "198.51.100.7", 2, "10.0.0.1"],
  ])("%s", (_, forwarded, hops, expected) => {
    expect(clientAddress(from(forwarded), "10.0.0.1", hops)).toBe(expected);
  });
});
