/** Finds, or starts, the server that a scenario is played against. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { ChannelName } from "../../../src/core/channel.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import { AdminClient, connect, originOf, readServerFile, type ServerFile } from "../../client.ts";
import { dataDirOf, settingsOf, type CommandContext, type GlobalFlags } from "../../context.ts";
import type { LeadingClock } from "../../local/lockstep.ts";
import { LocalSandbox, type SandboxOptions } from "../../local/sandbox.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { activeAccounts, secretOf } from "./credentials.ts";
import { serverStage, type Address } from "./server-stage.ts";
import { sandboxTime, type TimeFlags } from "./timing.ts";

export interface OpenStage {
  /** Asked once for each channel that is played. @throws Fault `settings` when what it needs is not known */
  stageFor(channel: ChannelName): Promise<Stage>;
  /** The time of a sandbox that does not live by the machine's; null otherwise. */
  readonly lead: LeadingClock | null;
  /** Stops what was started here. */
  close(): Promise<void>;
}

export interface StageFlags extends GlobalFlags {
  /** Where webhooks are posted, e.g. a tunnel's address. */
  readonly to?: string | undefined;
  /** The platform's id of the page or bot. */
  readonly page?: string | undefined;
}

/** @throws Fault as `LocalSandbox.start` */
export async function openSandbox(options: SandboxOptions, page?: string): Promise<OpenStage> {
  const sandbox = await LocalSandbox.start(options);
  const current = (channel: ChannelName): Address => {
    const { url, sandbox: secrets } = sandbox.server;
    if (secrets === null) throw new Error("the sandbox was started as a real server");
    return { client: new AdminClient(sandbox.target), to: url, ...withPage(known(secrets, channel), page) };
  };
  return {
    lead: sandbox.clock,
    stageFor: once((channel) =>
      Promise.resolve(
        serverStage(
          () => current(channel),
          () => sandbox.killAndRestart(),
        ),
      ),
    ),
    close: () => sandbox.stop(),
  };
}

/**
 * A server that runs already: the one of the data folder, of `--url`, or of `--to`.
 *
 * @throws Fault as `connect`
 */
async function openServer(flags: StageFlags, context: CommandContext): Promise<OpenStage> {
  const own = await readServerFile(dataDirOf(context, flags));
  const to = flags.to === undefined ? null : originOf(flags.to);
  const client = await connect(context, { ...flags, url: flags.url ?? adminUrl(to, own) });
  // Its file tells the secrets only if it is the very server that is spoken to.
  const sandbox = own !== null && isSame(own.url, client.url) ? own.sandbox : null;
  const factsOf = async (channel: ChannelName): Promise<Facts> => {
    if (sandbox !== null) return known(sandbox, channel);
    return {
      channel,
      secret: await secretOf(channel, context, flags),
      pages: flags.page === undefined ? await activeAccounts(channel, client) : [flags.page],
      appId: settingsOf(context, flags)("FACEBOOK_APP_ID") ?? null,
      mediaUrl: null,
    };
  };
  return {
    lead: null,
    stageFor: once(async (channel) => {
      const address = { client, to: to ?? client.url, ...withPage(await factsOf(channel), flags.page) };
      return serverStage(() => address, null);
    }),
    close: () => Promise.resolve(),
  };
}

/** The same answer each time. */
function once(open: (channel: ChannelName) => Promise<Stage>): OpenStage["stageFor"] {
  const opened = new Map<ChannelName, Promise<Stage>>();
  return (channel) => {
    const stage = opened.get(channel) ?? open(channel);
    opened.set(channel, stage);
    return stage;
  };
}

/** A sandbox of its own with `--sandbox`, else a server that runs. */
export async function openStage(
  flags: StageFlags & TimeFlags & { readonly sandbox?: boolean | undefined },
  context: CommandContext,
  clock: Clock,
): Promise<OpenStage> {
  if (flags.sandbox !== true) return openServer(flags, context);
  // The environment goes along, so that settings for the waits can be tried.
  const envFile = flags.envFile === undefined ? null : resolve(context.cwd, flags.envFile);
  return openSandbox({ env: context.env, cwd: context.cwd, envFile, time: sandboxTime(flags, clock) }, flags.page);
}

/** The page that is asked for comes first. */
function withPage<Facts extends Pick<Address, "pages">>(facts: Facts, page: string | undefined): Facts {
  if (page === undefined) return facts;
  return { ...facts, pages: [page, ...facts.pages.filter((id) => id !== page)] };
}

type Facts = Omit<Address, "client" | "to">;

/** What a sandbox tells of itself. @throws Fault `settings` when it is of an older version, and has no bot */
export function known(sandbox: NonNullable<ServerFile["sandbox"]>, channel: ChannelName): Facts {
  const shared = { channel, appId: sandbox.app_id ?? null, mediaUrl: sandbox.media_url };
  if (channel === "messenger") {
    const pages = sandbox.pages?.map(({ id }) => id) ?? [sandbox.page_id];
    return { ...shared, secret: sandbox.app_secret, pages };
  }
  if (sandbox.bot === undefined) {
    throw new Fault("settings", "This sandbox has no bot: it is of an older version.", "Start it anew.");
  }
  return { ...shared, secret: sandbox.bot.secret, pages: [sandbox.bot.id] };
}

/** A public address is often a tunnel, which lets webhooks through and nothing else: then the local server is asked. */
function adminUrl(to: string | null, own: ServerFile | null): string | undefined {
  if (to === null) return undefined;
  return own !== null && !isLoopback(to) ? undefined : to;
}

/** Whether two addresses without paths are one server. */
export function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  return isLoopback(one) && isLoopback(other) && new URL(one).port === new URL(other).port;
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}
