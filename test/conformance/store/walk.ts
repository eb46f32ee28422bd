import { expect, test } from "bun:test";
import fc from "fast-check";
import type { SendOutcome } from "../../../src/core/delivery.ts";
import type { ClaimedTurn } from "../../../src/core/claim.ts";
import type { LeasedDelivery } from "../../../src/core/lease.ts";
import type { HandedOver } from "../../../src/core/takeover.ts";
import type { Update } from "../../../src/core/update.ts";
import { anAttachment, aTap } from "../../helpers/parts.ts";
import { anEcho, anUpdate } from "../../helpers/updates.ts";
import { parts, SENT, textsOf, UNCLEAR, type OpenShop, type Shop } from "./shop.ts";

const CONTACTS = ["a", "b"];

type Step =
  | { readonly does: "hear"; readonly contact: number; readonly what: "text" | "photo" | "tap" | "again" }
  | { readonly does: "pass"; readonly ms: number }
  | { readonly does: "take over" | "release" | "reply"; readonly contact: number }
  | { readonly does: "close" | "claim" | "commit" | "fail" | "give back" | "lease" | "echo" | "restart" }
  | { readonly does: "settle"; readonly outcome: SendOutcome };

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant("hear" as const),
        contact: fc.nat(CONTACTS.length - 1),
        what: fc.constantFrom("text", "photo", "tap", "again"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constantFrom("take over" as const, "release" as const, "release" as const, "reply" as const),
        contact: fc.nat(CONTACTS.length - 1),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(50, 400, 2_000, 31_000) }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        does: fc.constantFrom(
          "close",
          "claim",
          "claim",
          "commit",
          "commit",
          "fail",
          "give back",
          "lease",
          "lease",
          "echo",
          "restart",
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constant("settle" as const),
        outcome: fc.constantFrom<SendOutcome>(SENT, UNCLEAR, { kind: "unsent", reason: "no route" }),
      }),
    },
  ),
  { maxLength: 60 },
);

/** One walk through the verbs, remembering what a worker would hold in its hands. */
class Walk {
  readonly heard: Update[] = [];
  /** Every text that a committed turn knew. */
  readonly answered: string[] = [];
  readonly sent = new Map<string, number>();
  /** What came while a human answered, and the turns a human took from the bot. */
  readonly noted: string[] = [];
  readonly cancelled = new Set<number>();
  /** What humans answered. */
  readonly byHand: string[] = [];
  /** Conversations by contact. */
  private readonly known = new Map<string, number>();
  private claims: ClaimedTurn[] = [];
  private leases: LeasedDelivery[] = [];

  constructor(readonly shop: Shop) {}

  async take(step: Step): Promise<void> {
    const { shop } = this;
    if (step.does === "hear") return await this.hear(CONTACTS[step.contact] ?? "", step.what);
    if (step.does === "pass") return shop.pass(step.ms);
    if (step.does === "take over" || step.does === "release" || step.does === "reply")
      return await this.stepIn(CONTACTS[step.contact] ?? "", step.does);
    if (step.does === "close") await shop.close();
    if (step.does === "claim") this.claims.push(...(await shop.claims()));
    if (step.does === "lease") this.leases.push(...(await shop.leases()));
    if (step.does === "commit") await this.commit();
    if (step.does === "fail") await this.fail();
    if (step.does === "give back") await this.giveBack();
    if (step.does === "settle") await this.settle(step.outcome);
    if (step.does === "echo") await this.echo();
    if (step.does === "restart") {
      // What the workers held is lost with them; what they still believe to hold must be refused.
      await shop.restart();
      await shop.store.recover(shop.now);
    }
  }

  private async hear(contact: string, what: "text" | "photo" | "tap" | "again"): Promise<void> {
    const text = `m${this.heard.length}`;
    const fresh = {
      text: () => anUpdate({ contact, text, at: this.shop.now }),
      photo: () => anUpdate({ contact, text, attachments: [anAttachment()], at: this.shop.now }),
      tap: () => anUpdate({ contact, content: aTap(text), at: this.shop.now }),
    };
    const update = what === "again" ? this.heard.at(-1) : fresh[what]();
    if (update === undefined) return;
    if (what !== "again") this.heard.push(update);
    for (const { outcome, whose } of await this.shop.record(update)) {
      if (outcome === "noted") this.noted.push(text);
      if (whose !== null) this.known.set(contact, whose.conversation);
    }
  }

  private async stepIn(contact: string, does: "take over" | "release" | "reply"): Promise<void> {
    const conversation = this.known.get(contact);
    if (conversation === undefined) return;
    const { store, account, now } = this.shop;
    if (does === "release") return void (await store.release(conversation, "by-hand"));
    if (does === "take over") return this.takes(await store.takeOver(conversation, null, "by-hand", now));
    const text = `by hand ${this.byHand.length}`;
    const words = { by: "human", text, parts: parts(text), correlation: "by-hand", windowMs: null } as const;
    const queued = await store.queue({ account, contact, ...words }, now);
    if (queued.kind !== "queued") return;
    this.byHand.push(text);
    this.takes(queued.handedOver);
  }

  private takes(handedOver: HandedOver | null): void {
    for (const { at } of handedOver?.changed ?? []) this.cancelled.add(at.id);
  }

  private async commit(): Promise<void> {
    const claim = this.claims.shift();
    if (claim === undefined) return;
    const reply = { text: "one two", actions: [], parts: parts("one", "two") };
    if ((await this.shop.store.commitTurn(claim, reply, this.shop.now)) === "committed")
      this.answered.push(...textsOf(claim.parts));
    else return;
    // Whoever took it answers it; the bot does not, however late it comes with its own.
    expect(this.cancelled.has(claim.id)).toBe(false);
  }

  private async fail(): Promise<void> {
    const claim = this.claims.shift();
    if (claim !== undefined) await this.shop.store.failTurn(claim, "busy", parts("sorry"), this.shop.now);
  }

  private async giveBack(): Promise<void> {
    const claim = this.claims.shift();
    if (claim !== undefined) await this.shop.store.giveBackTurn(claim);
  }

  private async settle(outcome: SendOutcome): Promise<void> {
    const lease = this.leases.shift();
    if (lease === undefined) return;
    const settled = await this.shop.store.settleDelivery(lease, outcome, this.shop.now, 0);
    if (settled !== "stale" && settled.settled.state === "sent")
      this.sent.set(lease.id, (this.sent.get(lease.id) ?? 0) + 1);
  }

  private async echo(): Promise<void> {
    const lease = this.leases[0];
    if (lease !== undefined) await this.shop.record(anEcho(lease.id, { contact: lease.whose.contact }));
  }

  /** Lets everything come to its end. */
  async finish(): Promise<void> {
    await this.take({ does: "restart" });
    for (let round = 0; round < 400 && (await this.busy()); round++) {
      this.shop.pass(31_000);
      for (const does of ["close", "claim", "commit", "lease"] as const) await this.take({ does });
      while (this.claims.length > 0) await this.commit();
      while (this.leases.length > 0) await this.settle(SENT);
    }
  }

  private async busy(): Promise<boolean> {
    const { gathering, ready, running, pending, ambiguous } = await this.shop.store.depths();
    return gathering + ready + running + pending + ambiguous > 0 || this.leases.length > 0;
  }
}

export function walkPromises(open: OpenShop): void {
  test("G4 G5 G8 every message is answered once or given up, every reply ends, whatever happens in between", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (walked) => {
        const walk = new Walk(await open());
        for (const step of walked) await walk.take(step);
        await walk.finish();
        await expectRest(walk);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
}

async function expectRest(walk: Walk): Promise<void> {
  const { shop } = walk;
  expect(await shop.store.depths()).toMatchObject({
    gathering: 0,
    ready: 0,
    running: 0,
    pending: 0,
    ambiguous: 0,
    parked: 0,
  });
  expect(new Set(walk.answered).size).toBe(walk.answered.length);
  expect([...walk.sent.values()].filter((copies) => copies > 1)).toEqual([]);
  const deadTurns = new Set((await shop.journal({ kind: "turn" })).map(({ id }) => id));
  const { data } = await shop.store.conversations({}, { limit: 10, cursor: null }, shop.now);
  const messages = await Promise.all(data.map(({ id }) => shop.store.messages(id, { limit: 500, cursor: null })));
  const lines = messages.flatMap((page) => page.data).filter(({ direction }) => direction === "in");
  expect(lines.length).toBe(walk.heard.length);
  expect(walk.noted.filter((text) => walk.answered.includes(text))).toEqual([]);
  const unanswered = lines.filter(({ text }) => !walk.answered.includes(text) && !walk.noted.includes(text));
  const left = unanswered.filter(({ turn }) => !deadTurns.has(`turn-${turn}`) && !walk.cancelled.has(turn ?? 0));
  expect(left).toEqual([]);
  const human = messages.flatMap((page) => page.data).filter(({ by }) => by === "human");
  expect(human.map(({ text }) => text).toSorted()).toEqual(walk.byHand.toSorted());
}
