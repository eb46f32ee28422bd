import { expect, test } from "bun:test";
import { destinationOf, isGlobalUnicast, META_MEDIA_HOSTS } from "../../src/media/address.ts";

const rules = { allowedHosts: META_MEDIA_HOSTS, trustedOrigins: ["http://127.0.0.1:4711", "https://tg.example:8081/"] };

test.each([
  "https://scontent.xx.fbcdn.net/v/t1.15752-9/12_n.jpg?_nc_cat=1&oh=03_Q7&oe=67E0",
  "https://scontent-hkg4-1.xx.fbcdn.net/a.jpg",
  "HTTPS://Scontent.FBCDN.net/a.jpg",
  "https://fbcdn.net",
  "https://scontent.fbcdn.net:443/a.jpg",
  "https://cdn.fbsbx.com/v/a%20b.jpg#part",
  "https://scontent.cdninstagram.com?x=@y",
])("a file of Meta's may be asked for: %s", (url) => {
  expect(destinationOf(url, rules, false)).toMatchObject({ kind: "allowed", trusted: false });
});

test("a trusted origin may be anywhere, on any port and without TLS, but only exactly it", () => {
  const kinds = (url: string): unknown => {
    const destination = destinationOf(url, rules, false);
    return destination.kind === "allowed" && destination.trusted;
  };
  expect(kinds("http://127.0.0.1:4711/media/red.png")).toBe(true);
  expect(kinds("https://tg.example:8081/file/bot1/a.jpg")).toBe(true);
  const others = [
    "http://127.0.0.1:4712/media/red.png",
    "https://127.0.0.1:4711/media/red.png",
    "http://127.1:4711/media/red.png",
    "http://2130706433:4711/media/red.png",
    "http://user@127.0.0.1:4711/media/red.png",
    "http://@127.0.0.1:4711/media/red.png",
    "http://localhost:4711/media/red.png",
    "https://tg.example/file/bot1/a.jpg",
    "https://a.tg.example:8081/file/bot1/a.jpg",
  ];
  expect(others.filter(kinds)).toEqual([]);
});

test("a redirect never leads to a trusted origin", () => {
  expect(destinationOf("http://127.0.0.1:4711/media/red.png", rules, true).kind).toBe("refused");
});

test("an origin without a host is no origin to trust", () => {
  expect(destinationOf("file:///etc/passwd", { ...rules, trustedOrigins: ["file:///etc"] }, false).kind).toBe(
    "refused",
  );
});

test("an address of 4096 characters is read, a longer one is not", () => {
  const long = (chars: number): string => "https://scontent.fbcdn.net/".padEnd(chars, "a");
  expect([destinationOf(long(4_096), rules, false).kind, destinationOf(long(4_097), rules, false).kind]).toEqual([
    "allowed",
    "refused",
  ]);
});

// The first and last address of each special range are inside; their neighbours, when they are not special too, are not.
test.each([
  ["0.0.0.0", "0.255.255.255", null, "1.0.0.0"],
  ["10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"],
  ["127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"],
  ["168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"],
  ["169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"],
  ["172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"],
  ["192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"],
  ["192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"],
  ["192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"],
  ["192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"],
  ["192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"],
  ["192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"],
  ["198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"],
  ["198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"],
  ["203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"],
  ["224.0.0.0", "255.255.255.255", "223.255.255.255", null],
  ["::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::"],
  ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::"],
  ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff::", "2003::"],
  ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff::", "2620:4f:8001::"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff::", "3fff:1000::"],
  ["4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null],
])("%s to %s is not on the internet", (first, last, before, after) => {
  expect([isGlobalUnicast(first), isGlobalUnicast(last)]).toEqual([false, false]);
  expect([before, after].filter((each) => each !== null && !isGlobalUnicast(each))).toEqual([]);
});

test.each(["157.240.22.35", "8.8.8.8", "2a03:2880:f12f:83:face:b00c:0:25de", "2606:4700:4700::1111"])(
  "%s is on the internet",
  (address) => {
    expect(isGlobalUnicast(address)).toBe(true);
  },
);

test.each([
  "",
  "localhost",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "0x7f.0.0.1",
  "2130706433",
  "1.2.3.4 ",
  "::ffff:8.8.8.8",
  "[2606::1]",
])("%p is no address of a host on the internet", (address) => {
  expect(isGlobalUnicast(address)).toBe(false);
});
