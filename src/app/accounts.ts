/** The accounts as people manage them. A running server and a data folder without one do it the same way. */
import type { Account } from "../core/account.ts";
import type { Channel, ChannelName, Identity } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import type { AccountDesk } from "../http/routes/accounts.ts";
import type { Vault } from "../vault/vault.ts";
import { saveToken } from "./tokens.ts";

export interface DeskOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Null: the settings lack what the channel needs. */
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  /** Told of every token before it is used, so that the log can leave it out. */
  readonly onSecret: (secret: string) => void;
  /** An account is in service: what comes for it is taken from now on. */
  readonly onKnown: (account: Account) => Promise<void>;
}

/** How long a platform may take to say whose a token is. */
const ASK_TIMEOUT_MS = 10_000;

export function accountDesk(options: DeskOptions): AccountDesk {
  const { store, channels, onSecret, onKnown } = options;

  async function identify(channel: Channel, token: string): Promise<Identity> {
    onSecret(token);
    const outcome = await channel.identify(token, AbortSignal.timeout(ASK_TIMEOUT_MS));
    switch (outcome.kind) {
      case "identified":
        return outcome.identity;
      case "refused":
        throw new Fault(
          "credentials",
          `${channel.name} refused the token: ${outcome.reason}`,
          "Copy the whole token anew from where the platform gives it.",
        );
      case "unreachable":
        throw new Fault(
          "unreachable",
          `${channel.name} cannot be reached: ${outcome.reason}`,
          "Nothing was changed. Try again when it can.",
        );
    }
  }

  async function taken(channel: Channel, identity: Identity, token: string): Promise<Account> {
    const account = await saveToken(options, channel, identity, token);
    await onKnown(account);
    return account;
  }

  return {
    async add(name, token) {
      const channel = usable(channels, name);
      const identity = await identify(channel, token);
      const known = await store.accounts();
      const isNew = !known.some((one) => one.channel === name && one.externalId === identity.externalId);
      return { account: await taken(channel, identity, token), isNew };
    },

    async setToken(id, token) {
      const account = await accountNamed(store, id);
      const channel = usable(channels, account.channel);
      const identity = await identify(channel, token);
      if (identity.externalId !== account.externalId) {
        throw new Fault(
          "credentials",
          `that token is for ${identity.externalId} (${identity.name}), and not for ${account.externalId} (${account.name})`,
          "Give the token of this account, or add the other one as an account of its own.",
        );
      }
      return await taken(channel, identity, token);
    },
  };
}

/** @param id our number or the platform's id @throws Fault not_found, account_ambiguous */
async function accountNamed(store: Store, id: string): Promise<Account> {
  const found = (await store.accounts()).filter((account) => account.externalId === id || String(account.id) === id);
  const [first, second] = found;
  if (first === undefined) throw new Fault("not_found", `there is no account ${id}`, "See `botctl accounts list`.");
  if (second !== undefined) {
    throw new Fault(
      "account_ambiguous",
      `${id} is the number of one account and the platform's id of another`,
      "Name the account by its other id from `botctl accounts list`.",
    );
  }
  return first;
}

function usable(channels: DeskOptions["channels"], name: ChannelName): Channel {
  const channel = channels[name];
  if (channel !== null) return channel;
  throw new Fault(
    "settings",
    `${name} is switched off: the settings lack what it needs`,
    "Give the settings that the README lists for it, and start the server again.",
  );
}
