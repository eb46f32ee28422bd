import { expect, test } from "bun:test";
import { anUpdate } from "../../helpers/updates.ts";
import { parts, type OpenShop } from "./shop.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT = { payloadMs: 7 * DAY_MS, textMs: 30 * DAY_MS };

export function retentionPromises(open: OpenShop): void {
  test("S11 words are kept for their time and then gone, and the message is still known by its key", async () => {
    const shop = await open();
    const update = anUpdate({ text: "địa chỉ của em là 12 Nguyễn Huệ nha shop" });
    await shop.record(update);
    shop.pass(100);
    await shop.close();
    const actions = [{ type: "phone", title: "Gọi chị Lan", payload: "+84901234567" }] as const;
    await shop.store.commitTurn(await shop.claim(), { text: "dạ vâng", actions, parts: parts("dạ vâng") }, shop.now);
    await shop.settle(await shop.lease());
    shop.pass(8 * DAY_MS);
    expect(await shop.store.forget(shop.now, KEPT)).toBe(false);
    expect((await shop.store.messages(1, { limit: 10, cursor: null })).data).toHaveLength(2);
    shop.pass(23 * DAY_MS);
    expect(await shop.store.forget(shop.now, KEPT)).toBe(false);
    const left = (await shop.store.messages(1, { limit: 10, cursor: null })).data;
    expect(left.map(({ text, actions: kept }) => [text, kept])).toEqual([["", []]]);
    expect(await shop.store.forget(shop.now, KEPT)).toBe(false);
  });

  test("S11 H2 a thousand old messages are forgotten in bites", async () => {
    const shop = await open();
    const updates = Array.from({ length: 1_200 }, (_, n) => anUpdate({ text: `câu số ${n} nha`, contact: `c-${n}` }));
    await shop.record(...updates);
    shop.pass(31 * DAY_MS);
    const rounds: boolean[] = [];
    for (let more = true; more;) {
      more = await shop.store.forget(shop.now, KEPT);
      rounds.push(more);
    }
    expect(rounds).toEqual([true, true, false]);
    expect((await shop.store.messages(1_100, { limit: 10, cursor: null })).data).toEqual([]);
  });
}
