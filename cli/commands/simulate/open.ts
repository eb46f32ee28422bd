/** Finds, or starts, the server that a scenario is played against. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import { AdminClient, connect, originOf, readServerFile, type ServerFile } from "../../client.ts";
import { dataDirOf, settingsOf, type CommandContext, type GlobalFlags } from "../../context.ts";
import type { LeadingClock } from "../../local/lockstep.ts";
import { LocalSandbox, type SandboxOptions } from "../../local/sandbox.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { serverStage, type Address } from "./server-stage.ts";
import { sandboxTime, type TimeFlags } from "./timing.ts";

export interface OpenStage {
  readonly stage: Stage;
  /** The time of a sandbox that does not live by the machine's; null otherwise. */
  readonly lead: LeadingClock | null;
  /** Stops what was started here. */
  close(): Promise<void>;
}

export interface StageFlags extends GlobalFlags {
  /** Where webhooks are posted, e.g. a tunnel's address. */
  readonly to?: string | undefined;
  /** The platform's id of the page. */
  readonly page?: string | undefined;
}

/** @throws Fault as `LocalSandbox.start` */
export async function openSandbox(options: SandboxOptions, page?: string): Promise<OpenStage> {
  const sandbox = await LocalSandbox.start(options);
  const current = (): Address => {
    const { url, sandbox: secrets } = sandbox.server;
    if (secrets === null) throw new Error("the sandbox was started as a real server");
    return { client: new AdminClient(sandbox.target), to: url, ...withPage(known(secrets), page) };
  };
  return {
    lead: sandbox.clock,
    stage: serverStage(current, () => sandbox.killAndRestart()),
    close: () => sandbox.stop(),
  };
}

/**
 * A server that runs already: the one of the data folder, of `--url`, or of `--to`.
 *
 * @throws Fault `settings` when the app secret is not known or there is no page, and as `connect`
 */
async function openServer(flags: StageFlags, context: CommandContext): Promise<OpenStage> {
  const own = await readServerFile(dataDirOf(context, flags));
  const to = flags.to === undefined ? null : originOf(flags.to);
  const client = await connect(context, { ...flags, url: flags.url ?? adminUrl(to, own) });
  // Its file tells the secrets only if it is the very server that is spoken to.
  const sandbox = own !== null && isSame(own.url, client.url) ? own.sandbox : null;
  const facts =
    sandbox === null
      ? {
          appSecret: await appSecretOf(context, flags),
          pages: flags.page === undefined ? await activePages(client) : [flags.page],
          appId: settingsOf(context, flags)("FACEBOOK_APP_ID") ?? null,
          mediaUrl: null,
        }
      : known(sandbox);
  const address = { client, to: to ?? client.url, ...withPage(facts, flags.page) };
  return { stage: serverStage(() => address, null), lead: null, close: () => Promise.resolve() };
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

/** What a sandbox tells of itself. */
export function known(sandbox: NonNullable<ServerFile["sandbox"]>): Omit<Address, "client" | "to"> {
  return {
    appSecret: sandbox.app_secret,
    pages: sandbox.pages?.map(({ id }) => id) ?? [sandbox.page_id],
    appId: sandbox.app_id ?? null,
    mediaUrl: sandbox.media_url,
  };
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

/** The key that webhooks are signed with, as the server has it. @throws Fault `settings` */
export async function appSecretOf(context: CommandContext, flags: GlobalFlags): Promise<string> {
  const settings = settingsOf(context, flags);
  const secret = settings("FACEBOOK_APP_SECRET");
  if (secret !== undefined) return secret;
  const file = settings("FACEBOOK_APP_SECRET_FILE");
  const kept = file === undefined ? "" : await secretIn(Bun.file(resolve(context.cwd, file)));
  if (kept !== "") return kept;
  throw new Fault(
    "settings",
    "FACEBOOK_APP_SECRET is not set, so no webhook can be signed.",
    "Give it (or FACEBOOK_APP_SECRET_FILE) as the server has it, in the environment or with --env-file; or add --sandbox to try without.",
  );
}

async function secretIn(file: Bun.BunFile): Promise<string> {
  try {
    return (await file.text()).trim();
  } catch (cause) {
    throw new Fault(
      "settings",
      "The file that FACEBOOK_APP_SECRET_FILE names cannot be read.",
      "Check the path and its permissions.",
      {
        cause,
      },
    );
  }
}

/** @throws Fault `settings` when there is none */
export async function activePages(client: AdminClient): Promise<string[]> {
  const accounts = await client.accounts();
  const pages = accounts.filter((account) => account.channel === "messenger");
  const active = pages.filter((account) => account.state === "active");
  if (active.length > 0) return active.map((account) => account.external_id);
  const why = pages.length === 0 ? "has no Messenger page" : "has no Messenger page that is active";
  throw new Fault("settings", `The server ${why}.`, "Add one, or name one with --page.");
}
