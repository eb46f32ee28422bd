import { expect } from "bun:test";
import type { Account } from "../../../src/core/account.ts";
import type { SendOutcome } from "../../../src/core/delivery.ts";
import type { RenderedPart } from "../../../src/core/reply.ts";
import type { Recorded } from "../../../src/core/batch.ts";
import type { ClaimedTurn, ClosedTurn } from "../../../src/core/claim.ts";
import type { RetryRow } from "../../../src/core/journal.ts";
import type { LeasedDelivery, SettledDelivery } from "../../../src/core/lease.ts";
import type { Store, StorePolicy } from "../../../src/core/store.ts";
import type { Update } from "../../../src/core/update.ts";
import { aBatch, anUpdate, PAGE, T0, type UpdateOptions } from "../../helpers/updates.ts";

/** One engine under test, on storage of its own. */
export interface Engine {
  readonly store: Store;
  /** Closes the store and opens it again, as a restart would. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

/** @param policy what the store decides by; it must be kept when the engine is reopened */
export type MakeEngine = (policy: StorePolicy) => Promise<Engine>;

/** A page on empty storage, decided by the ordinary policy unless another is given. */
export type OpenShop = (policy?: StorePolicy) => Promise<Shop>;

export const HISTORY = { lines: 50, ttlMs: 24 * 3_600_000 };
export const LIMITS = {
  messenger: { windowMs: 24 * 3_600_000, perSecond: 250 },
  telegram: { windowMs: null, perSecond: 25 },
};

export function parts(...texts: string[]): RenderedPart[] {
  return texts.map((text) => ({ body: JSON.stringify({ text }), text }));
}

export const SENT: SendOutcome = { kind: "sent", messageId: "mid.out" };
export const UNCLEAR: SendOutcome = { kind: "ambiguous", reason: "no answer in time" };

/** A page with its store and a clock that moves when told: what the tests of every verb start from. */
export class Shop {
  now = T0;

  private constructor(
    private readonly engine: Engine,
    public store: Store,
    public account: Account,
  ) {}

  static async open(engine: Engine): Promise<Shop> {
    const account = await engine.store.saveAccount(seedOf(PAGE), T0);
    return new Shop(engine, engine.store, account);
  }

  pass(ms: number): void {
    this.now += ms;
  }

  async restart(): Promise<void> {
    this.store = await this.engine.reopen();
  }

  /** One webhook with these updates. */
  record(...updates: Update[]): Promise<readonly Recorded[]> {
    return this.store.record(aBatch(updates), this.now);
  }

  /** One webhook with one message, stamped by the platform when it arrives. */
  async hear(text: string, options: UpdateOptions = {}): Promise<Recorded> {
    const [recorded] = await this.record(anUpdate({ text, at: this.now, ...options }));
    if (recorded === undefined) throw new Error("nothing was recorded");
    return recorded;
  }

  async close(): Promise<readonly ClosedTurn[]> {
    return (await this.store.closeDueTurns(this.now)).closed;
  }

  async claims(limit = 10): Promise<readonly ClaimedTurn[]> {
    return (await this.store.claimTurns(this.now, limit, HISTORY)).claimed;
  }

  async claim(): Promise<ClaimedTurn> {
    return only(await this.claims());
  }

  /** A message that waits for nothing, until a worker has it in hand. */
  async ask(text: string, options: UpdateOptions = {}): Promise<ClaimedTurn> {
    await this.hear(text, options);
    this.pass(100);
    await this.close();
    return await this.claim();
  }

  async answer(claim: ClaimedTurn, ...texts: string[]): Promise<void> {
    const text = texts.join(" ");
    expect(await this.store.commitTurn(claim, { text, actions: [], parts: parts(...texts) }, this.now)).toBe(
      "committed",
    );
  }

  async leases(limit = 10): Promise<readonly LeasedDelivery[]> {
    return (await this.store.leaseDeliveries(this.now, limit, LIMITS)).leased;
  }

  async lease(): Promise<LeasedDelivery> {
    return only(await this.leases());
  }

  async settle(lease: LeasedDelivery, outcome: SendOutcome = SENT): Promise<SettledDelivery> {
    const settled = await this.store.settleDelivery(lease, outcome, this.now, 0);
    if (settled === "stale") throw new Error("the lease was no longer held");
    return settled;
  }

  /** Asked and answered, and the first part of the answer is on its way. */
  async sending(...texts: string[]): Promise<LeasedDelivery> {
    await this.answer(await this.ask("hello there"), ...texts);
    return await this.lease();
  }

  async stateOf({ id }: { readonly id: string }): Promise<string | null> {
    return (await this.store.deliveryStatus(id))?.state ?? null;
  }

  async journal(filter: Parameters<Store["retries"]>[0] = {}): Promise<readonly RetryRow[]> {
    return (await this.store.retries(filter, { limit: 100, cursor: null })).data;
  }
}

export function seedOf(externalId: string): Parameters<Store["saveAccount"]>[0] {
  return { channel: "messenger", externalId, name: `Shop ${externalId}`, appId: null, sealedToken: "sealed" };
}

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`expected one, there are ${list.length}`);
  return first;
}

export function textsOf(lines: readonly { readonly text: string }[]): string[] {
  return lines.map(({ text }) => text);
}

/** Texts for people: "client: hi". */
export function saidBy(lines: readonly { readonly by: string; readonly text: string }[]): string[] {
  return lines.map(({ by, text }) => `${by}: ${text}`);
}
