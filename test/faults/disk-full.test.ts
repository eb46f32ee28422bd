/** H3: what the bot does while its disk takes nothing more, and that it goes on by itself afterwards. */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { startBot, theInternet, type Bot } from "../helpers/bot.ts";
import { still, until } from "../helpers/until.ts";
import { aMid, aWebhook } from "../helpers/webhooks.ts";
import { limitedDisk, PIECE_BYTES, smallDisk, type Disk } from "./disks.ts";
import { startOn, visitOf } from "./start.ts";

const Address = z.object({ pid: z.int() });

/** Where nothing may be mounted, the limit is the closest thing to a full disk that there is. */
const WAYS: readonly [string, () => Disk][] = [
  ["the disk is full", () => smallDisk() ?? limitedDisk()],
  ["writing fails", limitedDisk],
];

async function processOf(bot: Bot): Promise<{ readonly pid: number }> {
  return Address.parse(await Bun.file(join(bot.dataDir, "server.json")).json());
}

async function readiness(bot: Bot): Promise<[number, unknown]> {
  const answer = await fetch(`${bot.url}/api/ready`);
  return [answer.status, await answer.json()];
}

test.each(WAYS)(
  "H3 while %s webhooks get 503 and nothing is sent; with space back all is answered once, without a restart",
  async (_, make) => {
    using disk = make();
    const internet = await theInternet();
    const env = { FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "1000", IMAGE_KEYWORDS_WAIT: "1.0" };
    await using bot = await startBot(disk.path, internet, env);
    const server = await processOf(bot);
    const sentTo = (person: string) => internet.sent.filter((message) => message.recipient === person);

    // One reply is on its way when the disk fills up, and one customer is still being waited for.
    internet.faults.inject("messages", { kind: "slow", ms: 500 });
    await bot.post(aWebhook({ from: "11", text: "shop mở cửa mấy giờ vậy ạ" }));
    await until("the first reply is on its way", () => sentTo("11").length === 1);
    expect((await bot.post(aWebhook({ from: "12", text: "xem ảnh này giúp mình" }))).status).toBe(200);
    disk.fill(server);

    const third = aWebhook({ from: "13", text: "cho mình hỏi giá ship về Huế nha", mid: aMid() });
    const refused = await bot.post(third);
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { error: expect.objectContaining({ code: "storage" }) },
    ]);
    expect(await readiness(bot)).toEqual([503, { status: "not_ready", reason: "the database cannot be written" }]);
    expect((await fetch(`${bot.url}/api/health`)).status).toBe(200);
    expect((await bot.list("/api/conversations")).map((row) => row["contact"])).not.toContain("13");
    // Now the wait for the second is over as well.
    await still(1_000);
    expect((await bot.post(third)).status).toBe(503);
    expect(internet.sent.map((message) => message.recipient)).toEqual(["11"]);
    expect(bot.log()).toContain('"cause":"storage:');

    disk.free(server);
    await until("it is ready again", async () => (await readiness(bot))[0] === 200);
    expect((await bot.post(third)).status).toBe(200);
    await until("both are answered", () => sentTo("12").length > 0 && sentTo("13").length > 0);
    await until("nothing is owed", async () => (await bot.list("/api/retries")).length === 0);
    expect(internet.sent.map((message) => message.recipient).sort()).toEqual(["11", "12", "13"]);
    expect(sentTo("12")[0]?.text).toContain("xem ảnh này giúp mình");
    expect(await bot.terminate()).toBe(0);
    await internet.stop();
  },
  30_000,
);

test("H3 a log of errors does not grow with every webhook that is refused", async () => {
  using disk = limitedDisk();
  const internet = await theInternet();
  await using bot = await startBot(disk.path, internet);
  await bot.post(aWebhook({ from: "21", text: "chào shop nha mình cần hỏi chút" }));
  await until("it is answered", () => internet.sent.length === 1);
  disk.fill(await processOf(bot));
  await until(
    "webhooks are refused",
    async () => (await bot.post(aWebhook({ from: "22", text: "a lô" }))).status === 503,
  );
  const before = bot.log().length;
  for (let n = 0; n < 100; n++) expect((await bot.post(aWebhook({ from: "22", text: "a lô" }))).status).toBe(503);
  expect(bot.log().length - before).toBeLessThan(5_000);
  await internet.stop();
}, 20_000);

test("H3 G12 a server that is stopped while its disk is full exits 0, and the next one answers what was acknowledged", async () => {
  for (const [, make] of WAYS) {
    using disk = make();
    const internet = await theInternet();
    const first = await startBot(disk.path, internet);
    expect((await first.post(aWebhook({ from: "31", text: "xem ảnh này giúp mình" }))).status).toBe(200);
    const server = await processOf(first);
    disk.fill(server);
    expect((await first.post(aWebhook({ from: "32", text: "xem ảnh này giúp mình" }))).status).toBe(503);
    expect(await first.terminate()).toBe(0);
    if (!disk.endsWithServer) disk.free(server);
    await using second = await startBot(disk.path, internet);
    await second.post(aWebhook({ from: "31", photos: [`${internet.mediaUrl}/photo.jpg`] }));
    await until("it is answered", () => internet.sent.length > 0);
    expect(internet.sent.map((message) => message.recipient)).toEqual(["31"]);
    await internet.stop();
  }
}, 20_000);

test.each([0, 1, 2, 4, 20])(
  "H3 a first start with %i pages left exits 11, says so, leaves nothing half made, and works once there is space",
  async (pages) => {
    const mounted = smallDisk();
    using disk = mounted ?? limitedDisk();
    const leaveBytes = pages * PIECE_BYTES;
    mounted?.fillBut(leaveBytes);
    const limit = ["prlimit", `--fsize=${leaveBytes}:`, "--"];
    const { code, said } = await startOn(disk.path, { through: mounted === null ? limit : [] });
    expect([code, said]).toEqual([11, expect.stringContaining(disk.path)]);
    expect(said).not.toMatch(/^\s+at /m);
    const ours = new Set([
      "ballast",
      "botctl.lock",
      "botctl.db",
      "botctl.db-shm",
      "botctl.db-wal",
      "secret-key",
      "admin-token",
    ]);
    expect(readdirSync(disk.path).filter((name) => !ours.has(name))).toEqual([]);
    mounted?.free({ pid: 0 });
    expect(await visitOf(disk.path)).toBe(0);
  },
);
