/** Finds, or starts, the server that a scenario is played against. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { Fault } from "../../../src/core/fault.ts";
import { AdminClient, connect, originOf, readServerFile, type ServerFile } from "../../client.ts";
import { dataDirOf, settingsOf, type CommandContext, type GlobalFlags } from "../../context.ts";
import { LocalSandbox, type SandboxOptions } from "../../local/sandbox.ts";
import { serverStage, type Address } from "./server-stage.ts";
import type { Stage } from "../../scenarios/stage.ts";

export interface OpenStage {
  readonly stage: Stage;
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
export async function openSandbox(options: SandboxOptions): Promise<OpenStage> {
  const sandbox = await LocalSandbox.start(options);
  const current = (): Address => {
    const { url, sandbox: secrets } = sandbox.server;
    if (secrets === null) throw new Error("the sandbox was started as a real server");
    const client = new AdminClient(sandbox.target);
    return { client, to: url, appSecret: secrets.app_secret, page: secrets.page_id, mediaUrl: secrets.media_url };
  };
  return {
    stage: serverStage(current, () => sandbox.killAndRestart()),
    close: () => sandbox.stop(),
  };
}

/**
 * A server that runs already: the one of the data folder, of `--url`, or of `--to`.
 *
 * @throws Fault `settings` when the app secret is not known or there is no page, and as `connect`
 */
export async function openServer(flags: StageFlags, context: CommandContext): Promise<OpenStage> {
  const own = await readServerFile(dataDirOf(context, flags));
  const to = flags.to === undefined ? null : originOf(flags.to);
  const client = await connect(context, { ...flags, url: flags.url ?? adminUrl(to, own) });
  // Its file tells the secrets only if it is the very server that is spoken to.
  const sandbox = own !== null && isSame(own.url, client.url) ? own.sandbox : null;
  const appSecret = sandbox?.app_secret ?? (await appSecretOf(context, flags));
  const page = flags.page ?? sandbox?.page_id ?? (await firstPage(client));
  const address = { client, to: to ?? client.url, appSecret, page, mediaUrl: sandbox?.media_url ?? null };
  return { stage: serverStage(() => address, null), close: () => Promise.resolve() };
}

/** A public address is often a tunnel, which lets webhooks through and nothing else: then the local server is asked. */
function adminUrl(to: string | null, own: ServerFile | null): string | undefined {
  if (to === null) return undefined;
  return own !== null && !isLoopback(to) ? undefined : to;
}

function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  return isLoopback(one) && isLoopback(other) && new URL(one).port === new URL(other).port;
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
}

async function appSecretOf(context: CommandContext, flags: GlobalFlags): Promise<string> {
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

async function firstPage(client: AdminClient): Promise<string> {
  const accounts = await client.accounts();
  const pages = accounts.filter((account) => account.channel === "messenger");
  const page = pages.find((account) => account.state === "active");
  if (page !== undefined) return page.external_id;
  const why = pages.length === 0 ? "has no Messenger page" : "has no Messenger page that is active";
  throw new Fault("settings", `The server ${why}.`, "Add one, or name one with --page.");
}
