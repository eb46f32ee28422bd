/**
 * S6 S10: secrets and customers' words, planted where they belong and in what platforms and strangers send back, and then
 * looked for everywhere the compiled binary writes: its log at its most talkative, its errors, every command's output, the
 * event stream, the address it leaves, and the raw bytes of the database.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox, type Sandbox } from "../src/sandbox/index.ts";
import { signedWebhook } from "../src/sandbox/sign.ts";
import { aFolder, BINARY } from "./helpers/bot.ts";
import {
  APP_SECRET,
  formsOf,
  CHAT,
  NAME,
  PAGE,
  PERSONAL,
  personal,
  PSID,
  SAID,
  secret,
  SECRETS,
} from "./helpers/canaries.ts";
import { until } from "./helpers/until.ts";
import { UserServer } from "./helpers/user-service.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const folder = aFolder();
const dataDir = join(folder.path, "data");
let internet: Sandbox;
const users = new UserServer(secret("the services' key"));
let server: ReturnType<typeof run> | null = null;
/** All that was written, by where. */
const written = new Map<string, string>();
const note = (where: string, text: string): void => void written.set(where, (written.get(where) ?? "") + text);

const environment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOST: "127.0.0.1",
  LOG_LEVEL: "debug",
  MESSENGER_SEND_TIMEOUT_MS: "1000",
  SMART_DELAY_ENABLED: "false",
  FACEBOOK_APP_SECRET: APP_SECRET,
  FACEBOOK_APP_SECRET_PREVIOUS: secret("the previous app secret"),
  FACEBOOK_VERIFY_TOKEN: secret("the verify token"),
  FACEBOOK_PAGE_ACCESS_TOKEN: PAGE.token,
  GRAPH_API_BASE: internet.graphUrl,
  GROQ_API_KEY: secret("the model's key"),
  GROQ_BASE_URL: internet.modelUrl,
  BOT_TOKEN: secret("the bot's token"),
  TELEGRAM_API_BASE: internet.telegramUrl,
  WEBHOOK_SECRET_TOKEN: secret("the webhook's secret"),
  USER_SERVICE_BASE: users.url,
  SERVICE_API_KEY: secret("the services' key"),
  REQUEST_TIMEOUT: "1",
  BOTCTL_ADMIN_TOKEN: secret("the admin token"),
  BOTCTL_SECRET_KEY: secret("the master key"),
});

function run(where: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([BINARY, ...words, "--data-dir", dataDir], {
    cwd: folder.path,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...environment(), ...env },
  });
  const read = async (name: string, stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) note(`${where} ${name}`, decoder.decode(chunk, { stream: true }));
  };
  const ended = Promise.all([read("stdout", child.stdout), read("stderr", child.stderr), child.exited]);
  return { child, ended: ended.then(() => child.exitCode) };
}

async function post(url: string, body: unknown, key = APP_SECRET): Promise<number> {
  const { bytes, headers } = signedWebhook(body, key);
  const answer = await fetch(`${url}/api/webhooks/messenger`, { method: "POST", body: bytes, headers });
  note("answers to webhooks", await answer.text());
  return answer.status;
}

const said = (text: string): object => aWebhook({ from: PSID, text });
/** What a careless platform would tell about a call: everything. */
const gossip = (): string => `${Object.values(SECRETS).join(" ")} ${personal}`;

beforeAll(async () => {
  internet = await startSandbox({
    graph: { appSecret: APP_SECRET, appId: "2000000000002", verifyToken: secret("the verify token"), pages: [PAGE] },
    telegram: { bots: [{ token: secret("the bot's token"), username: "Tiem_Hoa_bot", name: "Tiệm Hoa" }] },
    model: { key: secret("the model's key") },
    seed: 7,
  });
  users.start();
  await session();
}, 60_000);

afterAll(async () => {
  // Only where the session broke off is it still there.
  server?.child.kill("SIGKILL");
  await Promise.all([internet.stop(), users.stop()]);
  folder[Symbol.dispose]();
});

async function session(): Promise<void> {
  // The token is refused at first, in words that repeat it.
  internet.faults.inject("object", { kind: "error", status: 400, code: 190, message: `bad token ${gossip()}` });
  server = run("the server's", ["serve", "--port", "0"]);
  const { child, ended } = server;
  const address = join(dataDir, "server.json");
  await until("the server is up", () => Bun.file(address).exists());
  const { url } = await Bun.file(address).json();
  note("server.json", await Bun.file(address).text());
  const admin = { authorization: `Bearer ${secret("the admin token")}` };
  const events = fetch(`${url}/api/events`, { headers: admin }).then(
    async (answer) => {
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) note("the event stream", decoder.decode(chunk, { stream: true }));
    },
    () => {},
  );

  // What goes well, and everything that does not.
  await post(url, said(`${SAID}, mình tên ${NAME}`));
  await until("it is answered", () => internet.sent.length === 1);
  await post(url, said("dùng khóa cũ nè shop ơi"), secret("the previous app secret"));
  await until("it is answered too", () => internet.sent.length === 2);
  for (const key of ["wrong", secret("the verify token")]) expect(await post(url, said(SAID), key)).toBe(401);
  await post(url, {
    object: "page",
    entry: [{ id: PAGE.id, messaging: [{ sender: { id: PSID }, message: { text: [SAID] } }] }],
  });
  // What is genuine is kept as it came, so only what is not may hold our secrets.
  await post(url, [personal]);
  await post(url, {
    [personal]: personal,
    object: "page",
    entry: [{ id: PAGE.id, messaging: [{ [personal]: personal }, personal] }, personal],
  });
  expect(await post(url, [gossip()], "wrong")).toBe(401);
  await post(url, aWebhook({ from: PSID, text: SAID, page: "999" }));
  internet.faults.inject("chat", { kind: "error", status: 500, message: gossip() });
  internet.faults.inject("chat", { kind: "body", status: 400, text: gossip() });
  internet.faults.inject("messages", {
    kind: "body",
    status: 502,
    text: `<html>access_token=${PAGE.token} ${gossip()}`,
  });
  internet.faults.inject("messages", { kind: "error", status: 400, code: 100, message: gossip() });
  await post(url, said(`${SAID} đâu rồi shop`));
  await until("two sends failed", () => internet.faults.pending("messages") === 0);
  internet.faults.inject("messages", { kind: "error", status: 400, code: 190, message: gossip() });
  await post(url, said(`${SAID} còn không shop`));
  await until("the account is refused", async () => {
    const accounts = await (await fetch(`${url}/api/accounts`, { headers: admin })).text();
    return accounts.includes("auth_failed");
  });
  await onTelegram(url);
  for (const path of [
    "/api/accounts",
    "/metrics/processing",
    "/api/ready",
    "/privacy",
    "/api/retries/none",
    "/nowhere",
  ])
    note("answers of the API", await (await fetch(`${url}${path}`, { headers: admin })).text());
  note(
    "answers of the API",
    await (
      await fetch(`${url}/api/accounts`, { headers: { authorization: `Bearer ${gossip().slice(0, 20)}` } })
    ).text(),
  );
  await fetch(
    `${url}/api/webhooks/messenger?hub.mode=subscribe&hub.verify_token=no&hub.challenge=${secret("the verify token")}`,
  );

  const shown = [
    "conversations list",
    "conversations list --json",
    "conversations show 1",
    "conversations show 1 --json",
    "retry list",
    "retry list --json",
  ];
  await Promise.all(shown.map((words) => run("commands that show people:", words.split(" ")).ended));
  const plain = [
    "conversations show 999 --json",
    "retry show none",
    "retry flush --json",
    "health",
    "version --json",
    "send messenger 12 --json",
    "nonsense",
    "serve --port 0",
  ];
  await Promise.all(plain.map((words) => run("other commands:", words.split(" ")).ended));
  await run("other commands:", ["retry", "list"], { BOTCTL_ADMIN_TOKEN: "another-token" }).ended;
  await run("other commands:", ["serve", "--port", "0"], {
    PORT: "many",
    FACEBOOK_GRAPH_API_VERSION: "x",
    LOG_LEVEL: "loud",
  }).ended;
  writeFileSync(join(folder.path, "broken.env"), `FACEBOOK_APP_SECRET=${APP_SECRET}\nthis is no line ${gossip()}\n`, {
    mode: 0o600,
  });
  await run("other commands:", ["serve", "--port", "0", "--env-file", "broken.env"]).ended;

  keepFiles("while it ran");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  await events;
  keepFiles("afterwards");
  const otherKey = Buffer.alloc(32, 7).toString("base64");
  expect(await run("other commands:", ["serve", "--port", "0"], { BOTCTL_SECRET_KEY: otherKey }).ended).toBe(3);
}

/** The same by way of Telegram, with a user service that repeats all it is told and refuses it. */
async function onTelegram(url: string): Promise<void> {
  const botId = "7000000009";
  const says = (text: string): unknown =>
    internet.telegram.says(botId, CHAT, { text, from: { id: CHAT, first_name: NAME } });
  const failing = [400, 500, 403].map((status) => () => new Response(gossip(), { status }));
  internet.telegram.setWebhook(botId, `${url}/api/webhooks/telegram`, secret("the webhook's secret"));
  users.hurdle = (_request, path) => (path === "/api/interactions" ? (failing.shift()?.() ?? null) : null);
  says(`${SAID}, mình tên ${NAME}`);
  await until("it is answered on Telegram", () => internet.telegram.sent.length > 0);
  says(`${SAID} đâu rồi shop`);
  await until("the user service refuses us", () => written.get("the server's stdout")?.includes("service_refused"));
  await fetch(`${url}/admin/flush-retries`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret("the admin token")}` },
  });
  await until("the user service is told", () => users.toldOf(CHAT).length >= 2);
}

/** The raw bytes of everything in the data folder. */
function keepFiles(when: string): void {
  for (const name of readdirSync(dataDir))
    note(`the data folder ${when}:`, readFileSync(join(dataDir, name), "latin1"));
}

function placesOf(text: string): string[] {
  const forms = formsOf(text);
  return [...written].filter(([, all]) => forms.some((form) => all.includes(form))).map(([where]) => where);
}

test("the session was one: everything that writes has written", () => {
  const log = written.get("the server's stdout") ?? "";
  for (const event of [
    "response_sent",
    "turn_failed",
    "send_failed",
    "quarantined",
    "signature_refused",
    "unknown_account",
    "alarm",
    "account_state",
    "interaction_sent",
    "interaction_failed",
    "service_refused",
    "stopped",
  ])
    expect(log).toContain(`"event":"${event}"`);
  expect(written.get("the event stream")).toContain("event: response_sent");
  expect(written.get("other commands: stderr")).toContain("fix: ");
});

describe("S6 S10 nowhere in clear is", () => {
  test.each(Object.entries(SECRETS))("%s", (_, text) => {
    expect(placesOf(text)).toEqual([]);
  });
});

describe("S10 only in the database, and before who may look into it, is", () => {
  test.each(Object.entries(PERSONAL))("%s", (_, text) => {
    expect(placesOf(text).sort()).toEqual([
      "commands that show people: stdout",
      "the data folder afterwards:",
      "the data folder while it ran:",
    ]);
  });
});
