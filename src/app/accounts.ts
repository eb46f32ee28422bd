/** The accounts as people manage them. A running server and a data folder without one do it the same way. */
import type { Access, Account } from "../core/account.ts";
import type { ChangedTurn } from "../core/batch.ts";
import type { Channel, ChannelName, Identity } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import { changesBetween, type Finding, type OurAddresses, type Subscription } from "../core/subscription.ts";
import type { AccountDesk, Removal } from "../http/routes/accounts.ts";
import type { Vault } from "../vault/vault.ts";
import { saveToken } from "./tokens.ts";

export interface DeskOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly publish: Publish;
  /** Null: the settings lack what the channel needs. */
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly access: (accountId: number) => Promise<Access | null>;
  /** Where an account's updates are to come; none while our own address is not known. */
  readonly ours: (account: Account) => OurAddresses;
  /** Told of every token before it is used, so that the log can leave it out. */
  readonly onSecret: (secret: string) => void;
  /** An account is in service: what comes for it is taken from now on. */
  readonly onKnown: (account: Account) => Promise<void>;
  /** Its updates come here from now on, whoever had them before. */
  readonly onSubscribed: (account: Account) => void;
  /** It is no longer, and these turns are nobody's to answer. */
  readonly onGone: (account: Account, cancelled: readonly ChangedTurn[]) => void;
}

/** How long a platform may take for one question. */
const ASK_TIMEOUT_MS = 10_000;

const asking = (): AbortSignal => AbortSignal.timeout(ASK_TIMEOUT_MS);

export function accountDesk(options: DeskOptions): AccountDesk {
  const { store, clock, channels, publish } = options;

  async function identify(channel: Channel, token: string): Promise<Identity> {
    options.onSecret(token);
    const outcome = await channel.identify(token, asking());
    if (outcome.kind === "identified") return outcome.identity;
    throw faultOf(channel, outcome);
  }

  async function taken(channel: Channel, identity: Identity, token: string, reason: string): Promise<Account> {
    const account = await saveToken(options, channel, identity, token);
    await options.onKnown(account);
    publish({ ...about(account), state: "active", reason });
    return account;
  }

  const about = ({ channel: platform, externalId: account }: Account) =>
    ({ type: "account_state", at: clock.now(), platform, account }) as const;

  /** The account as its platform sees it. @throws Fault credentials, also when the token is another account's by now */
  async function look(id: string): Promise<Seen> {
    const account = await accountNamed(store, id);
    const channel = usable(channels, account.channel);
    const access = await options.access(account.id);
    if (access === null) throw noToken(account);
    const identity = await identify(channel, access.token);
    if (identity.externalId !== account.externalId) throw othersToken(identity, account);
    return { account, channel, access, identity, ours: options.ours(account) };
  }

  async function noted({ channel, access, ours }: Seen): Promise<Subscription> {
    const outcome = await channel.subscriptions.inspect(access, ours, asking());
    if (outcome.kind === "known") return outcome.subscription;
    throw faultOf(channel, outcome);
  }

  return {
    async add(name, token) {
      const channel = usable(channels, name);
      const identity = await identify(channel, token);
      const known = await store.accounts();
      const isNew = !known.some((one) => one.channel === name && one.externalId === identity.externalId);
      return { account: await taken(channel, identity, token, isNew ? "added" : "a new token"), isNew };
    },

    async setToken(id, token) {
      const account = await accountNamed(store, id);
      const channel = usable(channels, account.channel);
      const identity = await identify(channel, token);
      if (identity.externalId !== account.externalId) throw othersToken(identity, account);
      return await taken(channel, identity, token, "a new token");
    },

    async inspect(id) {
      const seen = await look(id);
      const subscription = await noted(seen);
      const findings = [...ownFindings(seen), ...subscription.findings];
      return { account: seen.account, expected: expectedOf(seen), subscription: { ...subscription, findings } };
    },

    async subscribe(id, replace) {
      const seen = await look(id);
      const { channel, access, account, identity } = seen;
      if (needsAddress(channel) && seen.ours.length === 0) throw noAddress();
      const before = await noted(seen);
      if (before.leads === "elsewhere" && before.url !== replace) throw goesElsewhere(account, before.url);
      // An address of ours that is in use is as good as another.
      const ours = before.url !== null && seen.ours.includes(before.url) ? [before.url, ...seen.ours] : seen.ours;
      const outcome = await channel.subscriptions.subscribe(access, ours, asking());
      if (outcome.kind === "rejected") throw rejected(channel, outcome.reason);
      if (outcome.kind !== "done") throw faultOf(channel, outcome);
      options.onSubscribed(account);
      const after = await noted({ ...seen, ours });
      // What people call it in a group is looked at whenever messages come.
      const isRenamed = identity.name !== account.name && account.state === "active";
      const now = isRenamed ? await taken(channel, identity, access.token, `is called ${identity.name} now`) : account;
      return {
        account: now,
        expected: expectedOf({ ...seen, ours }),
        subscription: after,
        changes: changesBetween(before, after),
      };
    },

    async remove(id) {
      const account = await accountNamed(store, id);
      const end = await endSubscription(account, options);
      const cancelled = await store.removeAccount(account.id, clock.now());
      options.onGone(account, cancelled);
      publish({ ...about(account), state: "removed", reason: "taken out of service" });
      return { account, ...end };
    },
  };
}

interface Seen {
  readonly account: Account;
  readonly channel: Channel;
  readonly access: Access;
  readonly identity: Identity;
  readonly ours: OurAddresses;
}

/** Takes the subscription back if it is ours. A platform that cannot be asked does not keep an account in service. */
async function endSubscription(
  account: Account,
  { channels, access, ours }: DeskOptions,
): Promise<Omit<Removal, "account">> {
  const unknown = (note: string): Omit<Removal, "account"> => ({ webhook: "unknown", note });
  const channel = channels[account.channel];
  const own = await access(account.id);
  if (channel === null || own === null) return unknown("there is no token to ask with");
  const { subscriptions, polling } = channel;
  const addresses = ours(account);
  const outcome = await subscriptions.inspect(own, addresses, asking());
  if (outcome.kind !== "known") return unknown(outcome.reason);
  const { url, leads } = outcome.subscription;
  const isOurs = url === null ? leads === "here" && polling === null : addresses.includes(url);
  if (!isOurs) return { webhook: url === null ? "none" : "elsewhere", note: null };
  const ended = await subscriptions.unsubscribe(own, asking());
  return ended.kind === "done" ? { webhook: "removed", note: null } : unknown(ended.reason);
}

/** What is wrong with the account itself, whatever its subscription. */
function ownFindings({ account, identity }: Seen): Finding[] {
  const { id, state, stateReason, name } = account;
  const findings: Finding[] = [];
  if (state !== "active") {
    findings.push({
      code: state,
      message: `the account sends nothing (${stateReason ?? state})`,
      fix: `Run \`botctl accounts set-token ${id} --token-file FILE\`; its present token does work again.`,
    });
  }
  if (identity.name !== name) {
    const message = `it is called ${identity.name} now, and not ${name === "" ? "yet known here" : name}`;
    findings.push({ code: "renamed", message, fix: "Run `botctl accounts subscribe`, which takes over the name." });
  }
  return findings;
}

function needsAddress({ addressesAccounts, polling }: Channel): boolean {
  return addressesAccounts && polling === null;
}

function expectedOf({ channel, ours }: Pick<Seen, "channel" | "ours">): string | null {
  return needsAddress(channel) ? (ours[0] ?? null) : null;
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

function faultOf(
  { name }: Channel,
  { kind, reason }: { readonly kind: "refused" | "unreachable"; readonly reason: string },
): Fault {
  return kind === "refused"
    ? new Fault("credentials", `${name} refused the token: ${reason}`, "Give it a working one, copied whole.")
    : new Fault("unreachable", `${name} cannot be reached: ${reason}`, "Try again when it can.");
}

function noToken({ id, name, externalId }: Account): Fault {
  return new Fault(
    "credentials",
    `account ${externalId} (${name}) has no token`,
    `Run \`botctl accounts set-token ${id} --token-file FILE\`.`,
  );
}

function othersToken(identity: Identity, account: Account): Fault {
  return new Fault(
    "credentials",
    `that token is for ${identity.externalId} (${identity.name}), and not for ${account.externalId} (${account.name})`,
    "Give the token of this account, or add the other one as an account of its own.",
  );
}

function noAddress(): Fault {
  return new Fault(
    "settings",
    "it is not known where this server is reached from outside",
    "Set BOTCTL_PUBLIC_URL to its public https address and start it again, or set TELEGRAM_MODE=polling.",
  );
}

function goesElsewhere({ externalId, name }: Account, url: string | null): Fault {
  return new Fault(
    "refused",
    `the updates of ${externalId} (${name}) go to ${url ?? "somebody else"}`,
    "Who gets them now is to lose them only on purpose: say which address is to be replaced, or add --yes.",
  );
}

function rejected({ name }: Channel, reason: string): Fault {
  return new Fault("refused", `${name} does not take that address: ${reason}`, "Check BOTCTL_PUBLIC_URL.");
}
