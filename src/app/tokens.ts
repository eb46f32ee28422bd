/** Tokens: those of accounts, sealed in the database, and those in the settings that become accounts. */
import type { Config } from "../config.ts";
import type { Access, Account } from "../core/account.ts";
import type { Channel, ChannelName, Identity } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { Vault } from "../vault/vault.ts";
import type { Stranger } from "../workers/registrar.ts";

/** Opens an account's token for one call; null when it has none. */
export function accessTo(store: Store, vault: Vault): (accountId: number) => Promise<Access | null> {
  return async (accountId) => {
    const account = (await store.accounts()).find(({ id }) => id === accountId);
    const sealed = await store.sealedToken(accountId);
    if (account === undefined || sealed === null) return null;
    return { externalId: account.externalId, token: vault.open(sealed, aadOf(account)) };
  };
}

function aadOf(account: Pick<Account, "channel" | "externalId">): {
  purpose: string;
  channel: string;
  account: string;
} {
  return { purpose: "token", channel: account.channel, account: account.externalId };
}

/** Makes the token an account, or the account's new token, sealed for that account alone. */
export function saveToken(
  { store, vault, clock }: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  { name: channel }: Channel,
  { externalId, name, appId }: Identity,
  token: string,
): Promise<Account> {
  const sealedToken = vault.seal(token, aadOf({ channel, externalId }));
  return store.saveAccount({ channel, externalId, name, appId, sealedToken }, clock.now());
}

/**
 * Tokens from the settings that are not accounts yet. One that was seen before is left alone, so that a restart never
 * undoes a token that was set since (DESIGN §6).
 *
 * @param sandboxTokens what a sandbox has instead; null when it is none
 */
export async function strangersOf(
  config: Config,
  sandboxTokens: Readonly<Record<ChannelName, readonly string[]>> | null,
  channel: Channel,
  store: Store,
  vault: Vault,
  clock: Clock,
): Promise<Stranger[]> {
  const own = channel.name === "messenger" ? config.messenger.pageAccessToken : config.telegram.botToken;
  const tokens = sandboxTokens?.[channel.name] ?? (own === null ? [] : [own]);
  const strangers: Stranger[] = [];
  for (const [index, token] of tokens.entries()) {
    const metaKey = `settings-token:${channel.name}${index === 0 ? "" : `:${index}`}`;
    const mark = vault.hash("settings-token", channel.name, token);
    if ((await store.meta(metaKey)) === mark) continue;
    strangers.push({
      channel,
      token,
      save: (identity) => saveToken({ store, vault, clock }, channel, identity, token),
      remember: () => store.setMeta(metaKey, mark),
    });
  }
  return strangers;
}
