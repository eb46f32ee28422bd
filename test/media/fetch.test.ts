// S9, past the judgement of single addresses: names, redirects, sizes, times and lies.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { META_MEDIA_HOSTS } from "../../src/media/address.ts";
import { fetchAttachment, type FetchOptions, type FetchOutcome } from "../../src/media/fetch.ts";
import { pinnedGet } from "../../src/media/pinned.ts";
import { PICTURE_TYPES } from "../../src/media/sniff.ts";
import { solidPng } from "./made.ts";
import { certificate, detour, plainServer, rawServer, secureServer, type TestServer } from "./servers.ts";

const PUBLIC = "93.184.216.34";
const RED = solidPng(32, 20, [220, 38, 38]);
const SECRET = "oh=03_Q7cD";

let secure: TestServer;
let raw: TestServer;
let asked: IncomingMessage[] = [];
/** Whether the server saw the client hang up in the middle of an answer. */
let hungUp = false;

beforeAll(async () => {
  secure = await secureServer(answer);
  raw = await rawServer(lie);
});
afterAll(async () => {
  await secure.stop();
  await raw.stop();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  asked.push(request);
  const url = request.url ?? "";
  const path = url.startsWith("/to?") ? url : (url.split("?")[0] ?? "");
  const moved = (location: string, status = 302): void =>
    void response.writeHead(status, { location }).end("elsewhere");
  if (path === "/red.png") return void response.writeHead(200, { "content-type": "text/html" }).end(RED);
  if (path.startsWith("/hop")) {
    const left = Number(path.slice(4));
    return moved(left === 0 ? "/red.png" : `https://hop-${left}.fbcdn.net/hop${left - 1}`, 301 + (left % 2));
  }
  if (path === "/loop") return moved("/loop");
  if (path.startsWith("/to?")) return moved(decodeURIComponent(path.slice(4)));
  if (path === "/page.jpg")
    return void response
      .writeHead(200, { "content-type": "image/jpeg" })
      .end("<!doctype html><script>x</script>".padEnd(2_000));
  if (path === "/endless") {
    response.writeHead(200, { "content-type": "image/png" });
    response.write(RED);
    return pour(response);
  }
  if (path === "/endless-page") {
    response.writeHead(200, { "content-type": "image/png" });
    return pour(response);
  }
  if (path === "/slow") {
    response.writeHead(200);
    const timer = setInterval(() => response.write(RED.subarray(0, 1)), 20);
    response.on("close", () => clearInterval(timer));
    return;
  }
  if (path === "/silent") return;
  if (path === "/announced") return void response.writeHead(200, { "content-length": 50_000_000 }).write(RED);
  if (path === "/packed") return void response.writeHead(200, { "content-encoding": "gzip" }).end(Bun.gzipSync(RED));
  response.writeHead(Number(/^\/(\d{3})\b/.exec(path)?.[1] ?? 404)).end(RED);
}

/** As fast as the other end takes it, for ever. */
function pour(response: ServerResponse): void {
  let open = true;
  response.on("close", () => {
    open = false;
    hungUp = true;
  });
  const more = (): void => {
    while (open && response.write(Buffer.alloc(65_536)));
  };
  response.on("drain", more);
  more();
}

function lie(socket: Socket, path: string): void {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n";
  switch (path) {
    case "/promises-more":
      return void socket.end(Buffer.concat([Buffer.from(`${head}Content-Length: 9999\r\n\r\n`), RED]));
    case "/promises-less":
      return void socket.end(Buffer.concat([Buffer.from(`${head}Content-Length: 40\r\n\r\n`), RED]));
    case "/two-lengths":
      return void socket.end(
        Buffer.concat([Buffer.from(`${head}Content-Length: 4\r\nContent-Length: 999\r\n\r\n`), RED]),
      );
    case "/cut-chunk":
      return void socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nfff\r\nhello`);
    case "/no-length":
      return void socket.end(Buffer.concat([Buffer.from(`${head}\r\n`), RED]));
    case "/endless-head": {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write(`x-${"a".repeat(4_000)}: b\r\n`), 1);
      return void socket.on("close", () => clearInterval(timer));
    }
    case "/other-protocol":
      return void socket.end("SSH-2.0-OpenSSH_9.9\r\n");
    default:
      socket.destroy();
  }
}

const options = (more: Partial<FetchOptions> = {}): FetchOptions => ({
  allowedHosts: META_MEDIA_HOSTS,
  trustedOrigins: [],
  accept: PICTURE_TYPES,
  signal: new AbortController().signal,
  resolve: async () => [PUBLIC],
  ...more,
});

const fromMeta = (path: string, more: Partial<FetchOptions> = {}): Promise<FetchOutcome> =>
  fetchAttachment(`https://scontent.fbcdn.net${path}`, options(more), detour(secure.port).get);

const liar = (path: string, more: Partial<FetchOptions> = {}): Promise<FetchOutcome> => {
  const origin = `http://127.0.0.1:${raw.port}`;
  return fetchAttachment(
    origin + path,
    options({ trustedOrigins: [origin], resolve: async () => ["127.0.0.1"], ...more }),
  );
};

// ---- what works ----------------------------------------------------------------------------------------------------

test("a picture is fetched, and is what its bytes are whatever it was called", async () => {
  asked = [];
  expect(await fromMeta(`/red.png?${SECRET}`)).toEqual({ kind: "fetched", bytes: Buffer.from(RED), mime: "image/png" });
  const [{ url, headers } = { url: "", headers: {} }] = asked;
  expect(url).toBe(`/red.png?${SECRET}`);
  expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
});

test("a body without a length is taken", async () => {
  expect((await liar("/no-length")).kind).toBe("fetched");
});

// ---- names ---------------------------------------------------------------------------------------------------------

test("a name is resolved once, so it cannot come to mean another machine", async () => {
  const answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]];
  let lookups = 0;
  const { get, asked: targets } = detour(secure.port);
  const outcome = await fetchAttachment(
    "https://rebind.fbcdn.net/red.png",
    options({ resolve: async () => answers[lookups++] ?? [] }),
    get,
  );
  expect(outcome.kind).toBe("fetched");
  expect(lookups).toBe(1);
  expect(targets.map(({ addresses }) => addresses)).toEqual([[PUBLIC]]);
});

test("the connection goes to the address that was judged, though the name leads nowhere", async () => {
  const target = {
    url: new URL("https://no-such-name.fbcdn.net/red.png"),
    addresses: ["127.0.0.1"],
    port: secure.port,
    ca: certificate,
  };
  const got = await pinnedGet(target, { maxBytes: 1_000_000, accept: PICTURE_TYPES }, new AbortController().signal);
  expect(got.kind).toBe("fetched");
});

test("a second address is tried when the first does not answer", async () => {
  const target = {
    url: new URL("https://two.fbcdn.net/red.png"),
    addresses: ["127.0.0.2", "127.0.0.1"],
    port: secure.port,
    ca: certificate,
  };
  const got = await pinnedGet(target, { maxBytes: 1_000_000, accept: PICTURE_TYPES }, new AbortController().signal);
  expect(got.kind).toBe("fetched");
});

test.each([
  ["has no address", async (): Promise<string[]> => []],
  ["is unknown", async (): Promise<string[]> => Promise.reject(new Error("ENOTFOUND scontent.fbcdn.net"))],
])("a host that %s is not reachable", async (_what, resolve) => {
  expect(await fromMeta("/red.png", { resolve })).toEqual({
    kind: "unreachable",
    reason: "its server cannot be found",
  });
});

test("a resolver that never answers costs no more than the time allowed", async () => {
  const outcome = await fromMeta("/red.png", { timeoutMs: 50, resolve: () => new Promise(() => {}) });
  expect(outcome).toEqual({ kind: "unreachable", reason: "its server took too long" });
});

// ---- who answers ---------------------------------------------------------------------------------------------------

test("a server must prove its name, with a certificate that is trusted", async () => {
  const unknown = await fetchAttachment(
    "https://scontent.cdninstagram.com/red.png",
    options(),
    detour(secure.port).get,
  );
  expect(unknown).toEqual({ kind: "unreachable", reason: "its server cannot be reached" });
  const { get } = detour(secure.port, "");
  expect((await fetchAttachment("https://scontent.fbcdn.net/red.png", options(), get)).kind).toBe("unreachable");
});

test("the environment cannot switch the check of certificates off, nor put a proxy between", async () => {
  const proxy = await rawServer((socket) => socket.destroy());
  const variables = {
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
  };
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    const { get } = detour(secure.port, "");
    expect((await fetchAttachment("https://scontent.fbcdn.net/red.png", options(), get)).kind).toBe("unreachable");
    expect((await fromMeta("/red.png")).kind).toBe("fetched");
    expect(proxy.connections()).toBe(0);
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await proxy.stop();
  }
});

// ---- redirects -----------------------------------------------------------------------------------------------------

test("three redirects are followed, each host resolved and judged anew", async () => {
  const hosts: string[] = [];
  const outcome = await fromMeta("/hop2", {
    async resolve(host) {
      hosts.push(host);
      return [PUBLIC];
    },
  });
  expect(outcome.kind).toBe("fetched");
  expect(hosts).toEqual(["scontent.fbcdn.net", "hop-2.fbcdn.net", "hop-1.fbcdn.net", "hop-1.fbcdn.net"]);
});

test("a fourth is not, and neither is a loop", async () => {
  const tooOften = { kind: "refused", reason: "its server sends elsewhere too often" } as const;
  expect(await fromMeta("/hop3")).toEqual(tooOften);
  expect(await fromMeta("/loop")).toEqual(tooOften);
});

test.each([
  "http://scontent.fbcdn.net/red.png",
  "https://example.com/red.png",
  "//example.com/red.png",
  "/\\example.com/red.png",
  "https://127.0.0.1/",
  "https://0x7f.1/",
  "https://[::1]/",
  "https://169.254.169.254/latest/meta-data/",
  "https://user@scontent.fbcdn.net/red.png",
  "https://scontent.fbcdn.net:8443/red.png",
  "https://scontent.fbcdn.net./red.png",
  "file:///etc/passwd",
  "data:image/png;base64,iVBORw0KGgo=",
  "https://",
])("a redirect to %s is refused", async (location) => {
  const { get, asked: targets } = detour(secure.port);
  const outcome = await fetchAttachment(
    `https://scontent.fbcdn.net/to?${encodeURIComponent(location)}`,
    options(),
    get,
  );
  expect(outcome.kind).toBe("refused");
  expect(targets.length).toBe(1);
});

test("a redirect to an allowed name that leads inside is refused", async () => {
  const { get, asked: targets } = detour(secure.port);
  const outcome = await fetchAttachment(
    "https://scontent.fbcdn.net/to?https%3A%2F%2Finside.fbcdn.net%2F",
    options({ resolve: async (host) => (host === "inside.fbcdn.net" ? ["10.0.0.1"] : [PUBLIC]) }),
    get,
  );
  expect(outcome).toEqual({ kind: "refused", reason: "its host is not on the internet" });
  expect(targets.length).toBe(1);
});

test("a trusted origin is not reached by a redirect", async () => {
  const trusted = `http://127.0.0.1:${raw.port}`;
  const before = raw.connections();
  const outcome = await fromMeta(`/to?${encodeURIComponent(`${trusted}/no-length`)}`, { trustedOrigins: [trusted] });
  expect(outcome.kind).toBe("refused");
  expect(raw.connections()).toBe(before);
});

test("a trusted origin is asked where it is, and its redirects are not followed", async () => {
  const plain = await plainServer(answer);
  try {
    const origin = `http://127.0.0.1:${plain.port}`;
    const trusting = options({ trustedOrigins: [`${origin}/`], resolve: async () => ["127.0.0.1"] });
    expect((await fetchAttachment(`${origin}/red.png`, trusting)).kind).toBe("fetched");
    expect(await fetchAttachment(`${origin}/hop0`, trusting)).toEqual({
      kind: "refused",
      reason: "its server sends elsewhere",
    });
    expect((await fetchAttachment(`http://127.0.0.1:${raw.port}/no-length`, trusting)).kind).toBe("refused");
  } finally {
    await plain.stop();
  }
});

test("a trusted name is found by the system's own resolver", async () => {
  const plain = await plainServer(answer);
  try {
    const origin = `http://localhost:${plain.port}`;
    const { resolve: _own, ...rest } = options({ trustedOrigins: [origin] });
    expect((await fetchAttachment(`${origin}/red.png`, rest)).kind).toBe("fetched");
  } finally {
    await plain.stop();
  }
});

// ---- sizes, times and lies -----------------------------------------------------------------------------------------

test("an endless body is cut off at the limit", async () => {
  hungUp = false;
  expect(await fromMeta("/endless", { maxBytes: 300_000 })).toEqual({ kind: "too_large", reason: "it is too large" });
  for (let round = 0; round < 100 && !hungUp; round++) await Bun.sleep(10);
  expect(hungUp).toBe(true);
});

test("a body of exactly the limit is taken, one byte more is not", async () => {
  expect((await fromMeta("/red.png", { maxBytes: RED.length })).kind).toBe("fetched");
  expect((await fromMeta("/red.png", { maxBytes: RED.length - 1 })).kind).toBe("too_large");
});

test("a size that is announced as too large is not read at all", async () => {
  expect((await fromMeta("/announced")).kind).toBe("too_large");
});

test("what is no picture is not read to its end", async () => {
  expect((await fromMeta("/endless-page")).kind).toBe("wrong_type");
});

test("a page that is called a picture is none", async () => {
  expect(await fromMeta("/page.jpg")).toEqual({ kind: "wrong_type", reason: "it is not of a kind that can be read" });
});

test("packed bytes are not unpacked", async () => {
  expect((await fromMeta("/packed")).kind).toBe("wrong_type");
});

test("a picture is of no use where only sound is accepted", async () => {
  expect((await fromMeta("/red.png", { accept: ["audio/mpeg"] })).kind).toBe("wrong_type");
});

test.each(["/slow", "/silent"])("%s costs no more than the time allowed for everything", async (path) => {
  const startedAt = performance.now();
  expect(await fromMeta(path, { timeoutMs: 150 })).toEqual({ kind: "unreachable", reason: "its server took too long" });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("the caller may give up, before and in the middle", async () => {
  const before = secure.connections();
  const gone = await fromMeta("/red.png", { signal: AbortSignal.abort() });
  expect(gone).toEqual({ kind: "unreachable", reason: "it was given up" });
  expect(secure.connections()).toBe(before);
  const controller = new AbortController();
  const running = fromMeta("/slow", { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  expect(await running).toEqual({ kind: "unreachable", reason: "it was given up" });
});

test.each(["/204", "/304", "/403", "/404", "/500"])("%s is no picture", async (path) => {
  expect(await fromMeta(path)).toEqual({ kind: "unreachable", reason: `its server answered ${path.slice(1)}` });
});

test.each(["/promises-more", "/two-lengths", "/cut-chunk", "/endless-head", "/other-protocol", "/hangs-up"])(
  "a server that %s was not reached",
  async (path) => {
    expect((await liar(path, { timeoutMs: 5_000 })).kind).toBe("unreachable");
  },
);

test("a server that promises less than it sends gives no more than it promised", async () => {
  const outcome = await liar("/promises-less");
  expect(outcome.kind === "fetched" ? outcome.bytes.length : 0).toBeLessThanOrEqual(40);
});

test("no reason holds the address or what is behind its question mark", async () => {
  const paths = [
    "/404",
    "/page.jpg",
    "/loop",
    `/to?${encodeURIComponent(`https://example.com/?${SECRET}`)}`,
    "/announced",
  ];
  const outcomes = await Promise.all(paths.map((path) => fromMeta(path.includes("?") ? path : `${path}?${SECRET}`)));
  const told = outcomes.map((outcome) => (outcome.kind === "fetched" ? "" : outcome.reason)).join("\n");
  expect(told).not.toMatch(/fbcdn|example|\?|oh=|https/);
  expect(outcomes.some(({ kind }) => kind === "fetched")).toBe(false);
});
