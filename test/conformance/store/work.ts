import { expect, test } from "bun:test";
import { anAttachment, aTap } from "../../helpers/parts.ts";
import { T0 } from "../../helpers/updates.ts";
import { HISTORY, only, parts, textsOf, type OpenShop } from "./shop.ts";

const photo = { attachments: [anAttachment()] };
const SORRY = parts("Xin lỗi, có lỗi xảy ra.");

export function workPromises(open: OpenShop): void {
  test("G5 committing ends the turn and owes its reply, in order", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hi"), "one", "two");
    expect(await shop.store.depths()).toMatchObject({ gathering: 0, ready: 0, running: 0, pending: 2 });
    expect((await shop.journal()).map(({ kind, state }) => [kind, state])).toEqual([
      ["message", "pending"],
      ["message", "pending"],
    ]);
  });

  test("G5 a turn is committed once", async () => {
    const shop = await open();
    const claim = await shop.ask("hi");
    await shop.answer(claim, "one");
    expect(await shop.store.commitTurn(claim, { text: "two", actions: [], parts: parts("two") }, shop.now)).toBe(
      "stale",
    );
    expect((await shop.store.depths()).pending).toBe(1);
  });

  test("G5 a result that does not know the newest part is refused, and nothing of it is owed", async () => {
    const shop = await open();
    const claim = await shop.ask("hi");
    const heard = await shop.hear("", photo);
    expect(heard.heard).toMatchObject({ kind: "extended", aborts: true, at: { id: claim.id } });
    expect(await shop.store.commitTurn(claim, { text: "blind", actions: [], parts: parts("blind") }, shop.now)).toBe(
      "stale",
    );
    expect(await shop.store.depths()).toMatchObject({ gathering: 1, running: 0, pending: 0 });

    shop.pass(500);
    await shop.close();
    const again = await shop.claim();
    expect(again).toMatchObject({ id: claim.id, turn: { claims: 1, reruns: 1 } });
    expect(again.parts).toHaveLength(2);
    await shop.answer(again, "seen");
  });

  test("§5.8 a button does not take the turn back: it waits for its answer", async () => {
    const shop = await open();
    const claim = await shop.ask("hi");
    expect((await shop.hear("", { content: aTap() })).heard).toMatchObject({ kind: "opened", aborts: false });
    await shop.answer(claim, "hello");
    expect((await shop.claim()).turn.kind).toBe("tap");
  });

  test("§5.8 the third part during the answer opens the next turn", async () => {
    const shop = await open();
    let claim = await shop.ask("hi");
    for (let rerun = 0; rerun < 2; rerun++) {
      await shop.hear("one more", { at: shop.now });
      shop.pass(100);
      await shop.close();
      claim = await shop.claim();
    }
    expect((await shop.hear("yet another")).heard).toMatchObject({ kind: "opened", aborts: false });
    await shop.answer(claim, "all three");
    shop.pass(100);
    await shop.close();
    expect(textsOf((await shop.claim()).parts)).toEqual(["yet another"]);
  });

  test("G6 a claim is charged before any work, so a turn that kills its worker ends", async () => {
    const shop = await open();
    await shop.ask("hi");
    for (const claims of [2, 3]) {
      await shop.restart();
      await shop.store.recover(shop.now);
      expect((await shop.claim()).turn.claims).toBe(claims);
    }
    await shop.restart();
    await shop.store.recover(shop.now);
    const { claimed, dead } = await shop.store.claimTurns(shop.now, 10, HISTORY);
    expect([claimed.length, only(dead).turn.state]).toEqual([0, "dead"]);
  });

  test("A8 a failed agent brings one apology, and the turn is ready again after 30 s and after 2 min", async () => {
    const shop = await open();
    const first = await shop.ask("hi");
    expect(await shop.store.failTurn(first, "busy", SORRY, shop.now)).toMatchObject({ state: "ready", failures: 1 });
    expect(only(await shop.journal())).toMatchObject({ kind: "notice", state: "pending" });
    expect(await shop.store.claimTurns(shop.now, 10, HISTORY)).toEqual({
      claimed: [],
      dead: [],
      held: [],
      nextAt: shop.now + 30_000,
    });

    shop.pass(30_000);
    await shop.store.failTurn(await shop.claim(), "busy", SORRY, shop.now);
    expect((await shop.store.depths()).pending).toBe(1);
    shop.pass(120_000);
    expect(await shop.store.failTurn(await shop.claim(), "busy", SORRY, shop.now)).toMatchObject({ state: "dead" });
    expect(await shop.store.depths()).toMatchObject({ ready: 0, pending: 1, dead: 1 });
  });

  test("A8 the answer still follows the apology", async () => {
    const shop = await open();
    await shop.store.failTurn(await shop.ask("hi"), "busy", SORRY, shop.now);
    const apology = await shop.lease();
    expect(apology).toMatchObject({ kind: "notice", turnId: null });
    await shop.settle(apology);
    shop.pass(30_000);
    await shop.answer(await shop.claim(), "hello");
    expect((await shop.lease()).kind).toBe("message");
  });

  test("an apology is no part of the history", async () => {
    const shop = await open();
    await shop.store.failTurn(await shop.ask("hi"), "busy", SORRY, shop.now);
    shop.pass(30_000);
    await shop.answer(await shop.claim(), "hello");
    expect(textsOf((await shop.ask("bye")).history)).toEqual(["hi", "hello"]);
  });

  test("R8 a turn given back at shutdown is ready at once and costs no claim", async () => {
    const shop = await open();
    const claim = await shop.ask("hi");
    await shop.store.giveBackTurn(claim);
    const again = await shop.claim();
    expect(again).toMatchObject({ id: claim.id, turn: { claims: 1, failures: 0 } });
    expect(again.turn.fence).toBeGreaterThan(claim.turn.fence);
  });

  test("G6 whoever lost the turn touches nothing", async () => {
    const shop = await open();
    const lost = await shop.ask("hi");
    await shop.store.giveBackTurn(lost);
    const held = await shop.claim();
    await shop.store.giveBackTurn(lost);
    expect(await shop.store.failTurn(lost, "late", SORRY, shop.now)).toBe("stale");
    expect(await shop.store.commitTurn(lost, { text: "late", actions: [], parts: parts("late") }, shop.now)).toBe(
      "stale",
    );
    expect(await shop.store.depths()).toMatchObject({ ready: 0, running: 1, pending: 0 });
    await shop.answer(held, "in time");
  });

  test("a turn nobody could answer for 6 hours becomes dead and does not hold up the others", async () => {
    const shop = await open();
    await shop.hear("old", { contact: "old" });
    shop.pass(100);
    await shop.close();
    shop.pass(6 * 3_600_000);
    await shop.hear("new", { contact: "new" });
    shop.pass(100);
    await shop.close();
    const first = await shop.store.claimTurns(shop.now, 1, HISTORY);
    expect(only(first.dead)).toMatchObject({ whose: { contact: "old" }, turn: { state: "dead" } });
    // Nobody else would wake the worker for the turn that the limit left over.
    expect(first.claimed.length === 1 || first.nextAt === shop.now).toBe(true);
    expect((await shop.store.claimTurns(shop.now, 1, HISTORY)).claimed.map(({ whose }) => whose.contact)).toEqual([
      "new",
    ]);
  });

  test("a dead turn that is flushed waits for the turn that is running, and harms nobody else's", async () => {
    const shop = await open();
    for (const pause of [30_000, 120_000, 0]) {
      const claim = pause === 30_000 ? await shop.ask("first") : await shop.claim();
      await shop.store.failTurn(claim, "busy", [], shop.now);
      shop.pass(pause);
    }
    const running = await shop.ask("second");
    await shop.store.flush({ kind: "turn" }, false, shop.now);
    const other = await shop.ask("third", { contact: "someone else" });
    expect(other.whose.contact).toBe("someone else");
    await shop.answer(running, "to the second");
    expect(textsOf((await shop.claim()).parts)).toEqual(["first"]);
  });

  test("a turn knows whom it is about and what it was asked", async () => {
    const shop = await open();
    const claim = await shop.ask("hi", { at: T0 });
    expect(claim.whose).toMatchObject({ channel: "messenger", accountId: shop.account.id, contact: "2001" });
    expect(claim.parts).toEqual([{ text: "hi", attachments: [], payload: null, at: T0 }]);
    expect(claim.history).toEqual([]);
  });
}
