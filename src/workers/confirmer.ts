import type { Access, Account } from "../core/account.ts";
import type { Channel } from "../core/channel.ts";
import { isSimulated } from "../core/conversation.ts";
import type { OnError } from "../core/event.ts";
import type { Update } from "../core/update.ts";

export interface ConfirmerOptions {
  readonly accounts: () => Promise<readonly Account[]>;
  /** Decrypts an account's token for one call; null when it has none. */
  readonly access: (accountId: number) => Promise<Access | null>;
  readonly onError: OnError;
}

/** Calls under way at the same time; beyond them a clock on a button runs out by itself. */
const MOST_AT_ONCE = 64;

/** Tells people's apps that a tap has come in. Nobody waits for it: not the webhook's answer, not the turn. */
export class Confirmer {
  private underWay = 0;
  private readonly stopped = new AbortController();

  constructor(private readonly options: ConfirmerOptions) {}

  /** Those among `updates` whose apps wait. Returns at once and never throws. */
  confirm(channel: Channel, updates: readonly Update[]): void {
    for (const { account, contact, receipt } of updates) {
      if (receipt === undefined || channel.confirm === null || this.underWay >= MOST_AT_ONCE) continue;
      // Behind a made-up contact there is no app that waits.
      if (contact !== null && isSimulated({ channel: channel.name, contact })) continue;
      this.underWay += 1;
      void this.one(channel, account, receipt)
        .catch(this.options.onError)
        .finally(() => {
          this.underWay -= 1;
        });
    }
  }

  stop(): void {
    this.stopped.abort(new DOMException("shutdown", "AbortError"));
  }

  private async one(channel: Channel, externalId: string, receipt: string): Promise<void> {
    const accounts = await this.options.accounts();
    const account = accounts.find((each) => each.channel === channel.name && each.externalId === externalId);
    const access = account === undefined ? null : await this.options.access(account.id);
    if (access !== null) await channel.confirm?.(access, receipt, this.stopped.signal);
  }
}
