import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { simulateCommand } from "../../cli/commands/simulate.ts";
import { CATALOGUE } from "../../cli/scenarios/catalogue.ts";
import { APP, BINARY, PAGE, startBot, theInternet } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { SHOP } from "../sandbox/telegram/api.ts";
import { aFolder, playApi, stage } from "./stage.ts";

const account = {
  id: 1,
  channel: "messenger",
  external_id: "1029384756",
  name: "Quán Ngon",
  state: "active",
  reason: null,
};

function accounts(...rows: object[]): Record<string, () => Response> {
  return { "GET /api/accounts": () => Response.json({ data: rows, next: null }) };
}

describe("flags", () => {
  test("become options, times in ms", async () => {
    const calls: unknown[] = [];
    const note = (options: unknown): Promise<void> => Promise.resolve(void calls.push(options));
    const command = simulateCommand(stage().context, { run: note });
    const words =
      "--set a.b=1 --set a.c=2 --expect replies=1 --repeat 3 --rate 30/m --start now --speed 20 split burst --gap 1.25 --order photo-first --count 4 --text chào --contact sim-lan --page 9 --timeout 5 --seed 7";
    await command.parseAsync([...words.split(" "), "--json"], { from: "user" });
    expect(calls).toEqual([
      {
        scenarios: ["split", "burst"],
        gapMs: 1_250,
        order: "photo-first",
        count: 4,
        text: "chào",
        contact: "sim-lan",
        page: "9",
        timeoutMs: 5_000,
        seed: 7,
        set: ["a.b=1", "a.c=2"],
        expect: ["replies=1"],
        repeat: 3,
        rate: 0.5,
        start: "now",
        speed: 20,
        json: true,
      },
    ]);
  });

  test.each([
    [["quantum"], 'There is no scenario "quantum".'],
    [["text", "--gap", "1"], "--gap changes nothing in text."],
    [["split", "--gap", "soon"], "It must be seconds from 0 to 3600, like 1.2."],
    [["split", "--order", "sideways"], "Allowed choices are text-first, photo-first."],
    [["images", "--count", "0"], "It must be a whole number from 1 to 1000."],
    [["crash"], 'The scenario "crash" kills the server, so it needs one of its own.'],
    [["text", "--contact", "6789012345678901"], "A simulated contact begins with sim-"],
    [["text", "--sandbox", "--to", "http://127.0.0.1:1"], "--sandbox starts a server of its own"],
    [[], "There is nothing to play."],
    [["text", "--speed", "20"], "Only a sandbox has a time that can be played fast."],
    [["text", "--speed", "500", "--sandbox"], "It must be a number from 1 to 50."],
    [["text", "--rate", "often"], "It must be a number per second or minute, like 10/s or 30/m."],
    [["text", "--start", "yesterday"], "It must be now, or a time with its zone, like 2026-01-31T08:00:00Z."],
    [["text", "--expect", "luck"], '"luck" is nothing that can be expected.'],
    [["text", "--data", "-"], "--data is played instead of scenarios."],
    [["--data", "gone.json"], "gone.json cannot be read."],
    [["text", "--print", "curl", "--sandbox"], "A sandbox of its own would be gone before you could post to it."],
    [["split", "--set", "video:a=1"], 'There is no step "video" to change.'],
    [["split", "--set", "a"], '"a" does not say what to set.'],
    [["run"], "missing required argument 'path'"],
    [["run", "gone"], "There is no gone."],
    [["run", "gone", "--speed", "20"], "Only a sandbox has a time that can be played fast."],
    [["chat", "--contact", "777"], "A simulated contact begins with sim-"],
  ])("%j is a mistake that is explained", async (words, message) => {
    const { botctl, err } = stage();
    expect(await botctl("simulate", ...words)).toBe(2);
    expect(err()).toContain(message);
  });
});

test("Telegram's webhooks are printed without their secret, and go to the bot's own address", async () => {
  const { botctl, out } = stage();
  const words = ["telegram/album", "--page", "7000000001", "--seed", "3", "--print", "curl"];
  expect(await botctl("simulate", ...words)).toBe(0);
  const lines = out().trim().split("\n");
  expect(lines.filter((line) => line.startsWith("curl "))).toHaveLength(3);
  expect(lines.filter((line) => line.startsWith("sleep "))).toEqual([]);
  expect(lines[1]).toContain('-H "X-Telegram-Bot-Api-Secret-Token: $WEBHOOK_SECRET_TOKEN"');
  expect(lines[1]).toEndWith("'http://127.0.0.1:8000/api/webhooks/telegram/7000000001'");
});

describe("simulate list", () => {
  test("is one line each in a pipe", async () => {
    const { botctl, out } = stage();
    expect(await botctl("simulate", "list")).toBe(0);
    expect(out().split("\n")).toHaveLength(CATALOGUE.length + 1);
    expect(out()).toContain("split\ta text and its photo, as two webhooks\t--gap --order --text\n");
  });

  test("is a list of objects with --json", async () => {
    const { botctl, out } = stage();
    expect(await botctl("simulate", "list", "--json")).toBe(0);
    expect(JSON.parse(out())).toMatchObject({
      ok: true,
      data: expect.arrayContaining([
        { name: "text", summary: "one text that stands alone", options: ["text"] },
        { name: "telegram/text", summary: "one text that stands alone", options: ["text"] },
      ]),
    });
  });
});

describe("a real server", () => {
  test("needs its app secret to be named: exit 3", async () => {
    await using api = playApi(accounts(account));
    const { botctl, err } = stage();
    expect(await botctl("simulate", "text", "--data-dir", api.dataDir)).toBe(3);
    expect(err()).toContain("FACEBOOK_APP_SECRET is not set");
  });

  test("may have it in a file, and a file that is not there is named as the mistake", async () => {
    await using api = playApi(accounts(account));
    const { botctl, err } = stage({ env: { FACEBOOK_APP_SECRET_FILE: "gone" } });
    expect(await botctl("simulate", "text", "--data-dir", api.dataDir)).toBe(3);
    expect(err()).toContain("FACEBOOK_APP_SECRET_FILE");
  });

  test.each([
    [[], "has no Messenger page."],
    [[{ ...account, state: "auth_failed" }], "has no Messenger page that is active."],
    [[{ ...account, channel: "telegram" }], "has no Messenger page."],
  ])("needs a page to write to: %j", async (rows, why) => {
    await using api = playApi(accounts(...rows));
    const { botctl, err } = stage({ env: { FACEBOOK_APP_SECRET: "s3cret" } });
    expect(await botctl("simulate", "text", "--data-dir", api.dataDir)).toBe(3);
    expect(err()).toContain(why);
  });

  test("that does not run is exit 5", async () => {
    using folder = aFolder();
    const { botctl, err } = stage({ env: { FACEBOOK_APP_SECRET: "s3cret" } });
    expect(await botctl("simulate", "text", "--data-dir", folder.path)).toBe(5);
    expect(err()).toContain("No server is running");
  });

  test("gets the webhook signed with the secret from a file, at the page of the API", async () => {
    using folder = aFolder({ secret: "s3cret\n" });
    const signatures: (string | null)[] = [];
    const bodies: string[] = [];
    await using api = playWebhooks((signature, body) => {
      signatures.push(signature);
      bodies.push(body);
      return new Response("EVENT_RECEIVED");
    });
    const { botctl, out } = stage({
      env: { FACEBOOK_APP_SECRET_FILE: `${folder.path}/secret`, BOTCTL_ADMIN_TOKEN: "t" },
    });
    const words = ["simulate", "text", "--text", "chào", "--to", api.url, "--timeout", "0.3", "--seed", "7"];
    expect(await botctl(...words, "--data-dir", folder.path)).toBe(10);
    const expected = new Bun.CryptoHasher("sha256", "s3cret").update(bodies[0] ?? "").digest("hex");
    expect(signatures).toEqual([`sha256=${expected}`]);
    // As Meta writes it: the signature is over these very escapes.
    expect(bodies[0]).toContain('"text":"ch\\u00e0o"');
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({
      entry: [{ id: "1029384756", messaging: [{ sender: { id: expect.stringMatching(/^sim-[0-9a-f]{12}$/) } }] }],
    });
    expect(out()).toContain("   ✗ one reply: text was not stored");
  });

  test("behind a public address gets the webhooks there, and is asked where it really is", async () => {
    let posts = 0;
    await using tunnel = playWebhooks(() => new Response(`EVENT_RECEIVED ${posts++}`));
    await using api = playApi({
      ...accounts(account),
      "GET /api/conversations": () => Response.json({ data: [], next: null }),
    });
    const { botctl } = stage({ env: { FACEBOOK_APP_SECRET: "s3cret" } });
    const to = tunnel.url.replace("127.0.0.1", "0.0.0.0");
    const words = ["simulate", "text", "--to", to, "--timeout", "0.2"];
    expect(await botctl(...words, "--data-dir", api.dataDir)).toBe(10);
    expect(posts).toBe(1);
    expect(api.asked.map((call) => call.path)).toContain("/api/accounts?limit=200");
    expect(api.asked.some((call) => call.path.startsWith("/api/webhooks"))).toBe(false);
  });

  test("is not signed to with the secret of a sandbox next door", async () => {
    await using other = playWebhooks(() => new Response("EVENT_RECEIVED"));
    const secrets = { app_secret: "a", verify_token: "b", page_id: "c", media_url: "http://127.0.0.1:1/media" };
    using folder = aFolder({
      "server.json": JSON.stringify({ url: "http://127.0.0.1:1", pid: 1, started_at: 0, sandbox: secrets }),
      "admin-token": "t",
    });
    const { botctl, err } = stage();
    expect(await botctl("simulate", "text", "--data-dir", folder.path, "--url", other.url)).toBe(3);
    expect(err()).toContain("FACEBOOK_APP_SECRET is not set");
  });
});

/** A server that takes webhooks and knows of no conversation. */
function playWebhooks(answer: (signature: string | null, body: string) => Response) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/api/webhooks/messenger": {
        POST: async (request) => answer(request.headers.get("x-hub-signature-256"), await request.text()),
      },
      "/api/accounts": () => Response.json({ data: [account], next: null }),
      "/api/conversations": () => Response.json({ data: [], next: null }),
      "/api/events": () => new Response(": connected\n\n", { headers: { "content-type": "text/event-stream" } }),
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

const Result = z.object({
  scenario: z.string(),
  steps: z.array(z.looseObject({ at_ms: z.number(), direction: z.string(), what: z.string() })),
  replies: z.array(z.object({ text: z.string(), at_ms: z.number() })),
  verdict: z.string(),
  expectations: z.array(z.object({ what: z.string(), passed: z.boolean(), instead: z.string().nullable() })),
});
const One = z.object({ ok: z.literal(true), data: Result });
const Several = z.object({ ok: z.literal(true), data: z.object({ verdict: z.string(), scenarios: z.array(Result) }) });

function failuresOf(played: readonly z.infer<typeof Result>[]): string[] {
  return played.flatMap(({ scenario, expectations }) =>
    expectations.flatMap(({ what, passed, instead }) => (passed ? [] : [`${scenario}: ${what}: ${instead}`])),
  );
}

// In fast time and in parts, so that each is over soon.
describe("every scenario of the catalogue, played by the built program against a sandbox of its own", () => {
  const PARTS = 4;
  const names = CATALOGUE.map((scenario) => scenario.name);
  const parts = Array.from({ length: PARTS }, (_, at) => names.filter((_name, index) => index % PARTS === at));
  test.each(parts.map((part) => [part.join(", "), part] as const))(
    "%s",
    async (_, part) => {
      using folder = aFolder();
      const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path };
      const words = ["simulate", ...part, "--sandbox", "--speed", "20", "--seed", "11", "--json"];
      const run = Bun.spawn([BINARY, ...words], { cwd: folder.path, env, stdin: "ignore", stdout: "pipe" });
      const played = Several.parse(await run.stdout.json()).data.scenarios;
      expect(failuresOf(played)).toEqual([]);
      expect(played.map((each) => each.scenario)).toEqual([...part]);
      expect(await run.exited).toBe(0);
    },
    40_000,
  );
});

describe("the built program", () => {
  const folder = aFolder();
  // Short waits, so that what waits for nothing is soon over; the image wait must still outlast a split message.
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: folder.path,
    TMPDIR: folder.path,
    BOTCTL_DATA_DIR: join(folder.path, "data"),
    HOST: "127.0.0.1",
    IMAGE_KEYWORDS_WAIT: "2",
    ATTACHMENT_FIRST_WAIT: "0.6",
  };
  const spawn = (...words: string[]) =>
    Bun.spawn([BINARY, ...words], { cwd: folder.path, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  let server: ReturnType<typeof spawn> | null = null;

  beforeAll(async () => {
    if (!existsSync(BINARY)) throw new Error("dist/botctl is not there; `npm run build` makes it");
    server = spawn("serve", "--sandbox", "--port", "0", "--data-dir", env.BOTCTL_DATA_DIR);
    while ((await spawn("health").exited) !== 0) {
      if (server.exitCode !== null) throw new Error(await server.stderr.text());
      await Bun.sleep(50);
    }
  }, 20_000);

  afterAll(async () => {
    server?.kill("SIGTERM");
    await server?.exited;
    folder[Symbol.dispose]();
  });

  async function botctl(...words: string[]): Promise<{ out: string; err: string; code: number }> {
    const run = spawn(...words);
    const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    return { out, err, code };
  }

  test.concurrent(
    "tells the story of a split message to people",
    async () => {
      const { out, err, code } = await botctl("simulate", "split", "--gap", "0.3");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const lines = out.split("\n").map((line) => line.replace(/^ +\d+\.\d{3} s /, "").replace(/ +200 in \d+ ms$/, ""));
      const [headline, ...told] = lines;
      expect(headline).toBe("split  text, then its photo 0.3 s later");
      const arrows = told.filter((line) => /^ [→←]/.test(line)).map((line) => line.slice(1, 8));
      expect(arrows).toEqual(["→ text ", "→ image", '← "Mình']);
      expect(told).toContainEqual(expect.stringContaining("   waiting up to 2 s: the text "));
      expect(told).toContain("   settling 0.5 s: text and attachment are here");
      expect(told.at(-2)).toBe("   ✓ it speaks of the photo and the words");
      expect(out).not.toContain("\u001b");
    },
    20_000,
  );

  test.concurrent(
    "prints one document for one scenario with --json",
    async () => {
      const { out, code } = await botctl("simulate", "split", "--order", "photo-first", "--gap", "0.2", "--json");
      expect(code).toBe(0);
      const { data } = One.parse(JSON.parse(out));
      expect(data.verdict).toBe("passed");
      expect(data.replies).toHaveLength(1);
      expect(data.steps.filter((step) => step.direction === "in").map((step) => step.what)).toEqual(["image", "text"]);
    },
    20_000,
  );

  test.concurrent(
    "passes a scenario for each kind of thing against a server that runs in real time",
    async () => {
      const names = [
        "images",
        "burst",
        "quick-reply",
        "reorder",
        "sticker",
        "reply-to",
        "multi-page",
        "bad-signature",
        "telegram/album",
        "telegram/callback",
        "telegram/group",
        "telegram/wrong-secret",
      ];
      const { out, code } = await botctl("simulate", ...names, "--json");
      const played = Several.parse(JSON.parse(out)).data.scenarios;
      expect(failuresOf(played)).toEqual([]);
      expect(played.map((each) => each.scenario)).toEqual(names);
      expect(code).toBe(0);
    },
    30_000,
  );

  test.concurrent(
    "exits 10 when an expectation is not met, and the document says which",
    async () => {
      const { out, err, code } = await botctl(
        "simulate",
        "text",
        "--text",
        "chờ #slow:3000",
        "--timeout",
        "0.5",
        "--json",
      );
      expect(code).toBe(10);
      const { data } = One.parse(JSON.parse(out));
      expect(data.verdict).toBe("failed");
      expect(data.expectations).toEqual([{ what: "one reply", passed: false, instead: "no reply" }]);
      expect(err).toContain("Not as expected: text.");
    },
    20_000,
  );

  test.concurrent(
    "brings a server of its own with --sandbox, kills it, and leaves nothing behind",
    async () => {
      using own = aFolder();
      const run = Bun.spawn([BINARY, "simulate", "crash", "--sandbox", "--json"], {
        cwd: own.path,
        env: { ...env, TMPDIR: own.path },
        stdout: "pipe",
      });
      const { data } = One.parse(await run.stdout.json());
      expect(await run.exited).toBe(0);
      expect(data.expectations.map((finding) => [finding.what, finding.passed])).toEqual([
        ["killed after the 200 and before the reply", true],
        ["one reply, after the restart", true],
        ["stored once", true],
      ]);
      expect([...new Bun.Glob("botctl-sandbox-*").scanSync({ cwd: own.path, onlyFiles: false })]).toEqual([]);
    },
    30_000,
  );
});

test("a live bot's replies to a simulated chat are kept, and Telegram hears nothing of it", async () => {
  using folder = aFolder();
  const internet = await theInternet({ telegram: { bots: [SHOP] } });
  const secret = "the-webhook-secret";
  await using bot = await startBot(folder.path, internet, {
    FACEBOOK_APP_SECRET: "",
    FACEBOOK_VERIFY_TOKEN: "",
    FACEBOOK_PAGE_ACCESS_TOKEN: "",
    BOT_TOKEN: SHOP.token,
    TELEGRAM_API_BASE: internet.telegramUrl,
    WEBHOOK_SECRET_TOKEN: secret,
  });
  await until("the bot is known", async () => (await bot.list("/api/accounts")).length > 0);
  const asked = { ...internet.calls };
  const names = ["text", "command", "callback", "group", "wrong-secret"];
  const { botctl, out } = stage({ env: { WEBHOOK_SECRET_TOKEN: secret } });
  expect(await botctl("simulate", ...names, "--channel", "telegram", "--data-dir", folder.path, "--json")).toBe(0);
  expect(failuresOf(Several.parse(JSON.parse(out())).data.scenarios)).toEqual([]);
  const { chat, ...calls } = internet.calls;
  const { chat: askedModel, ...before } = asked;
  expect(chat).toBeGreaterThan(askedModel);
  expect(calls).toEqual(before);
  const stranger = stage({ env: {} });
  expect(await stranger.botctl("simulate", "telegram/text", "--data-dir", folder.path)).toBe(3);
  expect(stranger.err()).toContain("WEBHOOK_SECRET_TOKEN is not set");
  const real = JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, chat: { id: 5, type: "private" } } });
  await Bun.write(join(folder.path, "real.json"), real);
  const careless = stage({ cwd: folder.path, env: { WEBHOOK_SECRET_TOKEN: secret } });
  const words = ["simulate", "--data", "real.json", "--channel", "telegram", "--data-dir", folder.path];
  expect(await careless.botctl(...words)).toBe(2);
  expect(careless.err()).toContain("not simulated");
  await internet.stop();
}, 20_000);

test("a live server's replies to a simulated contact are kept and never sent", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startBot(folder.path, internet);
  await until("the page is known", async () => ((await bot.list("/api/accounts")).length > 0 ? true : null));
  const { botctl, out } = stage({ env: { FACEBOOK_APP_SECRET: APP.secret } });
  const code = await botctl(
    "simulate",
    "text",
    "--text",
    "Mở cửa mấy giờ vậy shop ơi",
    "--data-dir",
    folder.path,
    "--json",
  );
  expect(code).toBe(0);
  expect(One.parse(JSON.parse(out())).data.replies[0]?.text).toContain("Mở cửa mấy giờ");
  expect(internet.sent).toEqual([]);
  expect(await bot.list("/api/conversations")).toMatchObject([
    { account: PAGE.id, contact: expect.stringMatching(/^sim-/) },
  ]);
  await internet.stop();
}, 20_000);
