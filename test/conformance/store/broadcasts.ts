import { expect, test } from "bun:test";
import { isTelegramPerson, type ReportOutcome } from "../../../src/core/interaction.ts";
import { POLICY } from "../../helpers/policy.ts";
import { LIMITS, only, parts, SENT, type OpenShop, type Shop } from "./shop.ts";

const REFUSED: ReportOutcome = { kind: "request", reason: "422" };

/** A shop on Telegram whose owner has a user service, and a broadcast to so many people. */
async function opened(open: OpenShop, people: number): Promise<{ shop: Shop; broadcast: number }> {
  const policy = { isReported: isTelegramPerson, quickRetries: 3, graceMs: 10_000 };
  const shop = await open({ ...POLICY, interactions: policy });
  const seed = { channel: "telegram", externalId: "7001", name: "", appId: null, sealedToken: "x" } as const;
  const account = await shop.store.saveAccount(seed, shop.now);
  const recipients = Array.from({ length: people }, (_, n) => String(5_001 + n));
  const made = { key: null, account, text: "sale", parts: parts("sale"), recipients };
  const broadcast = await shop.store.broadcasts.open(made, shop.now);
  if (broadcast === "other") throw new Error("there was another of its name");
  return { shop, broadcast: broadcast.id };
}

const advance = async (shop: Shop): Promise<number> => (await shop.store.broadcasts.advance(shop.now, LIMITS)).queued;

const countsOf = async (shop: Shop, id: number) => (await shop.store.broadcasts.one(id))?.counts;

export function broadcastPromises(open: OpenShop): void {
  test("M8 a user service that is away, and owed a great deal, holds no copy back", async () => {
    const { shop, broadcast } = await opened(open, 40);
    for (let left = 40; left > 0;) {
      const queued = await advance(shop);
      expect(queued).toBeGreaterThan(0);
      left -= queued;
      for (const lease of await shop.leases(queued)) await shop.settle(lease, SENT);
      shop.pass(1_000);
    }
    expect(await countsOf(shop, broadcast)).toMatchObject({ waiting: 0, pending: 0, sent: 40 });
  });

  test("M8 what the user service makes of a copy is nothing to how far the copy is", async () => {
    const { shop, broadcast } = await opened(open, 1);
    await advance(shop);
    await shop.settle(await shop.lease(), SENT);
    expect(await countsOf(shop, broadcast)).toMatchObject({ pending: 0, sent: 1 });
    const told = only((await shop.store.leaseInteractions(shop.now, 10)).leased);
    await shop.store.settleInteraction(told, REFUSED, shop.now, 0);
    expect(await countsOf(shop, broadcast)).toMatchObject({ failed: 0, sent: 1 });
  });

  test("what still waits when its account is taken out of service goes to nobody, also after its return", async () => {
    const { shop, broadcast } = await opened(open, 40);
    await advance(shop);
    const bot = (await shop.store.accounts()).find(({ channel }) => channel === "telegram");
    if (bot === undefined) throw new Error("there is no bot");
    await shop.store.removeAccount(bot.id, shop.now);
    const counts = await countsOf(shop, broadcast);
    expect(counts).toMatchObject({ waiting: 0, failed: 12, stopped: 28 });
    await shop.store.saveAccount({ ...bot, sealedToken: "y" }, shop.now);
    expect(await shop.store.broadcasts.advance(shop.now, LIMITS)).toEqual({ queued: 0, nextAt: null });
    const stopped = await shop.store.broadcasts.recipients(broadcast, "stopped", { limit: 1, cursor: null });
    expect(only(stopped.data).reason).toBe("the account was taken out of service");
  });
}
