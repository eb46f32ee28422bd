import type { Database } from "bun:sqlite";
import type { Account, AccountState } from "../../core/account.ts";
import { clampBreaker, CLOSED, type Breaker } from "../../core/breaker.ts";
import type { ChannelName } from "../../core/channel.ts";
import { Fault } from "../../core/fault.ts";
import type { AccountSeed } from "../../core/account.ts";
import type { AccountBreaker } from "../../core/vitals.ts";
import { UNSETTLED } from "./delivery-rows.ts";
import { toAccount, type AccountRecord } from "./rows.ts";

const COLUMNS = "id, channel, external_id, name, state, state_reason, app_id";

/** Why nothing of it goes on. */
export const REMOVED = "account was taken out of service";
const IN_SERVICE = "removed_at IS NULL";

const SAVE = `
  INSERT INTO account (channel, external_id, name, app_id, sealed_token, created_at)
  VALUES ($channel, $externalId, $name, $appId, $sealedToken, $now)
  ON CONFLICT (channel, external_id) DO UPDATE SET
    name = excluded.name,
    app_id = coalesce(excluded.app_id, app_id),
    sealed_token = excluded.sealed_token,
    state = 'active',
    state_reason = NULL,
    removed_at = NULL
  RETURNING ${COLUMNS}`;

/** An active account; `paused_until_at` is 0 when no platform asked it for patience. */
export interface SpeakingAccount {
  readonly id: number;
  readonly channel: ChannelName;
  readonly paused_until_at: number;
  readonly breaker: Breaker;
}

/** Pages and bots. Every method is synchronous: the store decides which run inside a shared transaction. */
export class Accounts {
  /** By channel and platform id: asked for at every webhook. Everything here that changes an account lets it go. */
  private readonly known = new Map<string, Account>();

  constructor(private readonly db: Database) {}

  all(): Account[] {
    return this.db
      .query<AccountRecord, []>(`SELECT ${COLUMNS} FROM account WHERE ${IN_SERVICE} ORDER BY id`)
      .all()
      .map(toAccount);
  }

  find(channel: string, externalId: string): Account | null {
    const key = `${channel}:${externalId}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const row = this.db
      .query<AccountRecord, [string, string]>(
        `SELECT ${COLUMNS} FROM account WHERE channel = ? AND external_id = ? AND ${IN_SERVICE}`,
      )
      .get(channel, externalId);
    if (row === null) return null;
    const account = toAccount(row);
    this.known.set(key, account);
    return account;
  }

  /** What was remembered may not be so: a transaction that changed accounts was undone. */
  forget(): void {
    this.known.clear();
  }

  save(seed: AccountSeed, now: number): Account {
    this.forget();
    const row = this.db.query<AccountRecord, Record<string, string | number | null>>(SAVE).get({ ...seed, now });
    if (row === null) throw new Fault("failed", "the account could not be saved");
    // What waited for a good token goes on.
    this.unpark(row.id);
    return toAccount(row);
  }

  sealedToken(id: number): string | null {
    const row = this.db
      .query<{ sealed_token: string | null }, [number]>("SELECT sealed_token FROM account WHERE id = ?")
      .get(id);
    return row?.sealed_token ?? null;
  }

  /** Accounts that are active, and what else keeps them from speaking. */
  speaking(): SpeakingAccount[] {
    return this.db
      .query<{ id: number; channel: ChannelName; paused_until_at: number; breaker: string | null }, []>(
        "SELECT id, channel, paused_until_at, breaker FROM account WHERE state = 'active' ORDER BY id",
      )
      .all()
      .map((row) => ({ ...row, breaker: toBreaker(row.breaker) }));
  }

  breaker(id: number): Breaker {
    const row = this.db.query<{ breaker: string | null }, [number]>("SELECT breaker FROM account WHERE id = ?").get(id);
    return toBreaker(row?.breaker ?? null);
  }

  breakers(): AccountBreaker[] {
    return this.db
      .query<{ channel: ChannelName; account: string; breaker: string | null }, []>(
        `SELECT channel, external_id AS account, breaker FROM account WHERE ${IN_SERVICE} ORDER BY id`,
      )
      .all()
      .map((row) => ({ ...row, breaker: toBreaker(row.breaker) }));
  }

  setBreaker(id: number, breaker: Breaker): void {
    const text = breaker === CLOSED ? null : JSON.stringify(breaker);
    this.db.query("UPDATE account SET breaker = ? WHERE id = ?").run(text, id);
  }

  /** At start: a clock that was set back must not keep a breaker open (H4). */
  clampBreakers(now: number): void {
    for (const { id, breaker } of this.speaking()) {
      if (breaker !== CLOSED) this.setBreaker(id, clampBreaker(breaker, now));
    }
  }

  /** What waited for the account to be active goes on. @returns whether the state changed */
  setState(id: number, state: AccountState, reason: string | null): boolean {
    this.forget();
    const changed = this.db
      .query("UPDATE account SET state = $state, state_reason = $reason WHERE id = $id AND state <> $state")
      .run({ id, state, reason });
    if (state === "active") this.unpark(id);
    return changed.changes > 0;
  }

  /**
   * Takes it out of service: nobody knows it any more, its token is gone, and what it owes is given up, to be seen and
   * sent again should it come back (G8). Copies of broadcasts that still wait are stopped: nobody expects them after its
   * return. Its conversations stay.
   */
  remove(id: number, now: number): void {
    this.forget();
    this.db
      .query(
        `UPDATE account SET removed_at = $now, state = 'paused', state_reason = $why, sealed_token = NULL, breaker = NULL
         WHERE id = $id AND ${IN_SERVICE}`,
      )
      .run({ id, now, why: REMOVED });
    this.db
      .query(
        `UPDATE delivery SET state = 'dead', last_error = 'the ' || $why
         WHERE account_id = $id AND kind <> 'interaction' AND ${UNSETTLED} AND state <> 'sending'`,
      )
      .run({ id, why: REMOVED });
    this.db
      .query(
        `UPDATE broadcast_recipient SET state = 'stopped', reason = 'the ' || $why
         WHERE account_id = $id AND state = 'waiting'`,
      )
      .run({ id, why: REMOVED });
  }

  pause(id: number, until: number): void {
    this.db.query("UPDATE account SET paused_until_at = max(paused_until_at, ?) WHERE id = ?").run(until, id);
  }

  /** Holds back everything the account still owes. */
  park(id: number): void {
    this.db
      .query(
        "UPDATE delivery SET state = 'parked' WHERE account_id = ? AND state = 'pending' AND kind <> 'interaction'",
      )
      .run(id);
  }

  /** The same for an account that another outcome has silenced meanwhile. */
  parkIfSilent(id: number): void {
    this.db
      .query(
        `UPDATE delivery SET state = 'parked'
         WHERE account_id = $id AND state = 'pending' AND kind <> 'interaction' AND (SELECT state FROM account WHERE id = $id) <> 'active'`,
      )
      .run({ id });
  }

  private unpark(id: number): void {
    this.db
      .query(
        "UPDATE delivery SET state = 'pending' WHERE account_id = ? AND state = 'parked' AND kind <> 'interaction'",
      )
      .run(id);
  }
}

function toBreaker(text: string | null): Breaker {
  return text === null ? CLOSED : JSON.parse(text);
}
