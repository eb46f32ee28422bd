/** Which bots this server speaks for, and the words that prove their webhooks to be Telegram's. */
import { randomBytes } from "node:crypto";
import type { HookedBot, TelegramSettings } from "../channels/telegram/index.ts";
import type { Config } from "../config.ts";
import type { Account } from "../core/account.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import type { OurAddresses } from "../core/subscription.ts";
import type { Vault } from "../vault/vault.ts";

const SECRET_BYTES = 32;

export interface BotsOptions {
  readonly settings: Config["telegram"];
  readonly store: Store;
  readonly vault: Vault;
  /** Told of every secret, so that the log can leave it out. */
  readonly onSecret: (secret: string) => void;
}

/**
 * Knows every bot by its number and by its secret.
 *
 * WEBHOOK_SECRET_TOKEN belongs to the bot of BOT_TOKEN, or without one to the only bot. It is kept like the secrets that
 * are made here, so that a bot keeps its secret when the settings are taken away, or when a second bot comes.
 */
export class Bots {
  private readonly byId = new Map<string, HookedBot & { readonly order: number }>();
  /** Asked for once each, so that two who ask at the same time do not make two. */
  private readonly secretOf = new Map<string, Promise<string>>();
  /** Whose WEBHOOK_SECRET_TOKEN is; undefined: whoever comes first. */
  private settingsOwner: string | null | undefined;

  /** The bot of BOT_TOKEN; null without one. */
  readonly named: string | null;

  /**
   * Knows no bot yet: finding out a bot's secret may write, which is for after the start has looked at the database.
   *
   * @throws Fault settings when BOT_TOKEN names no bot
   */
  constructor(
    private readonly options: BotsOptions,
    accounts: readonly Account[],
  ) {
    const { botToken } = options.settings;
    this.named = botToken === null ? null : botIn(botToken);
    const severalBots = accounts.filter(({ channel }) => channel === "telegram").length > 1;
    this.settingsOwner = this.named ?? (severalBots ? null : undefined);
  }

  /** Knows the bots among the accounts. @throws Fault as the constructor */
  static async open(options: BotsOptions, accounts: readonly Account[]): Promise<Bots> {
    const bots = new Bots(options, accounts);
    for (const account of accounts) await bots.admit(account);
    return bots;
  }

  /** From now on its webhooks are taken. Other channels' accounts are none of its business. */
  async admit({ channel, externalId, name, id }: Account): Promise<void> {
    if (channel === "telegram") await this.keep(externalId, name === "" ? null : name, id);
  }

  /** The bot of BOT_TOKEN is not an account yet, and what comes for it is to be held until it is (DESIGN §6). */
  async expect(): Promise<void> {
    if (this.named !== null && !this.byId.has(this.named)) await this.keep(this.named, null, 0);
  }

  /** From now on its webhooks are refused. */
  dismiss({ channel, externalId }: Account): void {
    if (channel === "telegram") this.byId.delete(externalId);
  }

  /** @param account null for the address without a name: it means the bot of BOT_TOKEN, else the one that came first */
  at(account: string | null): HookedBot | null {
    if (account !== null) return this.byId.get(account) ?? null;
    if (this.named !== null) return this.byId.get(this.named) ?? null;
    return [...this.byId.values()].toSorted((a, b) => a.order - b.order)[0] ?? null;
  }

  /** The addresses at which a bot's webhooks are taken, that which is to be given to Telegram first; none without ours. */
  ours({ channel, externalId }: Account, publicUrl: string | null): OurAddresses {
    if (publicUrl === null || channel !== "telegram") return [];
    const common = `${publicUrl}/api/webhooks/telegram`;
    const own = `${common}/${externalId}`;
    if (this.at(null)?.id !== externalId) return [own];
    return this.named === externalId ? [common, own] : [own, common];
  }

  private async keep(id: string, username: string | null, order: number): Promise<void> {
    const secret = this.secretOf.get(id) ?? this.findSecret(id);
    this.secretOf.set(id, secret);
    // A failure is not kept: who comes next tries again.
    const webhookSecret = await secret.finally(() => this.secretOf.delete(id));
    this.options.onSecret(webhookSecret);
    this.byId.set(id, { id, username, webhookSecret, order });
  }

  private async findSecret(id: string): Promise<string> {
    const { settings, store, vault } = this.options;
    if (this.settingsOwner === undefined) this.settingsOwner = id;
    const key = `telegram-webhook-secret:${id}`;
    const place = { purpose: "webhook-secret", channel: "telegram", account: id };
    const sealed = await store.meta(key);
    const kept = sealed === null ? null : vault.open(sealed, place);
    const given = this.settingsOwner === id ? settings.webhookSecret : null;
    // Made once for a bot, so that there is never a server that takes webhooks from just anybody.
    const secret = given ?? kept ?? randomBytes(SECRET_BYTES).toString("base64url");
    if (secret !== kept) await store.setMeta(key, vault.seal(secret, place));
    return secret;
  }
}

/** What the channel is told. */
export function telegramSettings(
  { apiBase, sendTimeoutMs, mode }: Config["telegram"],
  bots: Bots,
  now: () => number,
): TelegramSettings {
  return { apiBase, sendTimeoutMs, now, polls: mode === "polling", botAt: (account) => bots.at(account) };
}

/** What to do so that messages come. A live webhook is never pointed elsewhere without asking (R12). */
export function telegramHint(mode: Config["telegram"]["mode"], publicUrl: string | null): string {
  if (mode === "polling") return "messages are asked for (polling), and webhooks are not taken";
  const first = publicUrl === null ? "set BOTCTL_PUBLIC_URL to this server's public https address, and then " : "";
  return `if a bot's messages do not come yet, ${first}run: botctl accounts subscribe`;
}

function botIn(token: string): string {
  const id = /^(\d+):/.exec(token)?.[1];
  if (id !== undefined) return id;
  throw new Fault(
    "settings",
    "BOT_TOKEN does not begin with a bot's number",
    "Copy the whole token from @BotFather: digits, a colon, letters.",
  );
}
