import { expect, test } from "bun:test";
import type { ConversationFilter, ConversationRow } from "../../../src/core/transcript.ts";
import { anUpdate } from "../../helpers/updates.ts";
import { parts, seedOf, type OpenShop, type Shop } from "./shop.ts";

const HOUR_MS = 3_600_000;

async function found(shop: Shop, filter: ConversationFilter): Promise<string[]> {
  const { data } = await shop.store.conversations(filter, { limit: 100, cursor: null }, shop.now);
  return data.map(({ contact }) => contact);
}

/** Three people have written: to a page, to another, and one of them by name. */
async function threePeople(shop: Shop): Promise<void> {
  const other = await shop.store.saveAccount(seedOf("1018"), shop.now);
  await shop.hear("cho mình xem áo đỏ", { contact: "a", contactName: "Nguyễn Thị Hằng" });
  shop.pass(1_000);
  await shop.hear("shop còn hàng không", { contact: "b" });
  shop.pass(1_000);
  await shop.hear("xin chào", { contact: "c", account: other.externalId });
}

export function findingPromises(open: OpenShop): void {
  test("conversations are found by name, by what anybody said, and by the platform's id", async () => {
    const shop = await open();
    await threePeople(shop);
    shop.pass(1_000);
    const { account } = shop;
    const words = { by: "bot", text: "Dạ 250 nghìn ạ", parts: parts("Dạ 250 nghìn ạ"), correlation: "c" } as const;
    await shop.store.queue({ account, contact: "b", ...words, windowMs: null }, shop.now);
    expect(await found(shop, { q: "hằng" })).toEqual(["a"]);
    expect(await found(shop, { q: "hang" })).toEqual(["b", "a"]);
    expect(await found(shop, { q: "ÁO ĐỎ" })).toEqual(["a"]);
    expect(await found(shop, { q: "250" })).toEqual(["b"]);
    expect(await found(shop, { q: "c" })).toEqual(["b", "c", "a"]);
    expect(await found(shop, { q: "nothing of the kind" })).toEqual([]);
    expect(await found(shop, { q: " " })).toHaveLength(3);
  });

  test("conversations are narrowed by channel, account and who answers, all at once", async () => {
    const shop = await open();
    await threePeople(shop);
    await shop.store.takeOver(2, HOUR_MS, "c", shop.now);
    expect(await found(shop, { state: "human" })).toEqual(["b"]);
    expect(await found(shop, { state: "bot" })).toEqual(["c", "a"]);
    expect(await found(shop, { account: "1018" })).toEqual(["c"]);
    expect(await found(shop, { channel: "telegram" })).toEqual([]);
    expect(await found(shop, { channel: "messenger", state: "human", q: "hang" })).toEqual(["b"]);
    expect(await found(shop, { account: "1018", state: "human" })).toEqual([]);
    shop.pass(HOUR_MS);
    expect(await found(shop, { state: "human" })).toEqual([]);
  });

  test("what is found is read a page at a time, each conversation once, and the last page says so", async () => {
    const shop = await open();
    const texts = ["còn hoa hồng không", "xin chào", "xin chào"];
    const people = Array.from({ length: 450 }, (_, person) =>
      anUpdate({ text: texts[person % 3] ?? "", contact: `p${person}` }),
    );
    await shop.record(...people);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: readonly ConversationRow[]; next: string | null } = await shop.store.conversations(
        { q: "hoa hồng" },
        { limit: 50, cursor },
        shop.now,
      );
      expect(page.data.length).toBeLessThanOrEqual(50);
      seen.push(...page.data.map(({ contact }) => contact));
      cursor = page.next;
    } while (cursor !== null);
    expect([seen.length, new Set(seen).size]).toEqual([150, 150]);
  });

  test("read in the order they began, nobody is missed or told twice who writes meanwhile", async () => {
    const shop = await open();
    for (const contact of ["a", "b", "c", "d"]) {
      await shop.hear("xin chào", { contact });
      shop.pass(60_000);
    }
    const page = async (cursor: string | null) =>
      await shop.store.conversations({}, { order: "oldest", limit: 2, cursor }, shop.now);
    const first = await page(null);
    await shop.hear("còn đó không shop", { contact: "a" });
    await shop.hear("còn đó không shop", { contact: "d" });
    const second = await page(first.next);
    expect([...first.data, ...second.data].map(({ contact }) => contact)).toEqual(["a", "b", "c", "d"]);
    expect(second.next).toBeNull();
  });

  test("a search that has much to read answers in pieces, and misses nothing between them", async () => {
    const shop = await open();
    for (let person = 0; person < 7; person++) {
      const last = person === 5 ? ["hoa hồng"] : [];
      const texts = [...Array.from({ length: 1_000 }, () => "xin chào"), ...last];
      await shop.record(...texts.map((text) => anUpdate({ contact: `p${person}`, text })));
    }
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const page: { data: readonly ConversationRow[]; next: string | null } = await shop.store.conversations(
        { q: "hoa hong" },
        { order: "oldest", limit: 50, cursor },
        shop.now,
      );
      pages.push(page.data.map(({ contact }) => contact));
      cursor = page.next;
    } while (cursor !== null);
    expect(pages).toEqual([[], ["p5"]]);
  });

  test("words said long ago are found in a long conversation", async () => {
    const shop = await open();
    await shop.hear("mua tượng gỗ");
    await shop.record(...Array.from({ length: 450 }, (_, line) => anUpdate({ text: `dòng ${line}` })));
    expect(await found(shop, { q: "tuong go" })).toHaveLength(1);
    expect(await found(shop, { q: "tượng đá" })).toEqual([]);
  });
}
