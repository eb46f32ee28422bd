import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { serve, serveCommand, type RunningServer, type ServeOptions } from "../../cli/commands/serve.ts";
import { Fault } from "../../src/core/fault.ts";
import { faultOf, stage } from "./stage.ts";

function aServer(stop: () => Promise<void> = () => Promise.resolve()): RunningServer {
  return { url: "http://127.0.0.1:8000", dataDir: "/data", sandbox: false, accounts: ["Quán Ngon (messenger)"], stop };
}

/** Lets everything that is ready to run do so. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

test("flags become options", async () => {
  const calls: ServeOptions[] = [];
  const command = serveCommand(stage().context, (options) => Promise.resolve(void calls.push(options)));
  await command.parseAsync(["--sandbox", "--port", "0", "--env-file", "shop.env", "--data-dir", "d"], { from: "user" });
  expect(calls).toEqual([{ sandbox: true, port: "0", envFile: "shop.env", dataDir: "d" }]);
});

test("runs until a signal, then stops the server once and ends well", async () => {
  const { context, err, signal } = stage({ terminal: true });
  let stops = 0;
  let over = false;
  const serving = serve({}, context, () => Promise.resolve(aServer(() => Promise.resolve(void stops++)))).then(
    () => (over = true),
  );
  await settle();
  expect([over, stops]).toEqual([false, 0]);
  expect(err()).toContain("listens on http://127.0.0.1:8000\n");
  expect(err()).toContain("accounts     Quán Ngon (messenger)\n");
  signal();
  await serving;
  expect(stops).toBe(1);
});

test("a second signal does not wait for what still runs", async () => {
  const { context, signal } = stage();
  const serving = serve({}, context, () => Promise.resolve(aServer(() => new Promise(() => {}))));
  await settle();
  signal();
  signal();
  expect(await faultOf(serving)).toMatchObject({ code: "forced" });
});

test("a signal that comes while it starts is not lost", async () => {
  const { context, signal } = stage();
  let stops = 0;
  const start = Promise.withResolvers<RunningServer>();
  const serving = serve({}, context, () => start.promise);
  signal();
  start.resolve(aServer(() => Promise.resolve(void stops++)));
  await serving;
  expect(stops).toBe(1);
});

test("a server that cannot start says why, and leaves the signals alone again", async () => {
  const { context, signal } = stage();
  const busy = new Fault("busy", "Port 8000 is taken.");
  expect(await faultOf(serve({}, context, () => Promise.reject(busy)))).toBe(busy);
  expect(signal).not.toThrow();
});

test("talks on stderr, because its log is what it prints", async () => {
  const pipe = stage();
  const plain = serve({}, pipe.context, () => Promise.resolve(aServer()));
  await settle();
  pipe.signal();
  await plain;
  expect([pipe.out(), pipe.err()]).toEqual(["", "listening on http://127.0.0.1:8000, data folder /data\n"]);
});

test("a sandbox says how to try it", async () => {
  const { context, err, signal } = stage({ terminal: true });
  const serving = serve({}, context, () => Promise.resolve({ ...aServer(), sandbox: true }));
  await settle();
  signal();
  await serving;
  expect(err()).toContain("botctl simulate list --data-dir /data\n");
});

test("a real sandbox answers health, refuses a second server on its folder, drains at SIGTERM, exits 0 and leaves nothing", async () => {
  const main = join(import.meta.dir, "../../cli/main.ts");
  const env = { PATH: Bun.env["PATH"], HOST: "127.0.0.1" };
  const child = Bun.spawn([process.execPath, main, "serve", "--sandbox", "--port", "0"], {
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let said = "";
  for await (const bytes of child.stderr) {
    said += new TextDecoder().decode(bytes);
    if (said.includes("\n")) break;
  }
  const [, dataDir = ""] = /^listening on http:\/\/127\.0\.0\.1:\d+, data folder (.+)\n/.exec(said) ?? [];
  expect(existsSync(dataDir)).toBe(true);
  const { botctl, out } = stage();
  expect(await botctl("health", "--data-dir", dataDir)).toBe(0);
  expect(out()).toStartWith("ok http://127.0.0.1:");
  const second = stage({ env: { HOST: "127.0.0.1" } });
  expect(await second.botctl("serve", "--sandbox", "--port", "0", "--data-dir", dataDir, "--json")).toBe(9);
  expect(JSON.parse(second.out())).toMatchObject({ ok: false, error: { code: "busy" } });
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(existsSync(dataDir)).toBe(false);
  expect(await stage().botctl("retry", "list", "--data-dir", dataDir)).toBe(5);
}, 20_000);
