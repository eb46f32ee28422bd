/** Managing accounts: through the server, or on the data folder itself while none runs. */
import { Fault } from "../../src/core/fault.ts";
import type { AdminClient } from "../client.ts";
import { dataDirOf, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";
import { runningServer } from "./running.ts";

/** What can be done with accounts. */
export type Managing = Pick<
  AdminClient,
  "accounts" | "addAccount" | "setToken" | "inspect" | "subscribe" | "removeAccount"
>;

/**
 * Works through the server; where none runs, takes its place at the data folder meanwhile.
 *
 * @throws Fault of either; `busy` when a server runs that cannot be found
 */
export async function managing<T>(
  context: CommandContext,
  flags: GlobalFlags,
  work: (desk: Managing) => Promise<T>,
): Promise<T> {
  const server = await runningServer(context, flags);
  if (!(server instanceof Fault)) return await work(server);
  const [{ loadConfig }, { atTheDesk }] = await Promise.all([
    import("../../src/config.ts"),
    import("../../src/app.ts"),
  ]);
  const { env, cwd, home } = context;
  const { envFile, dataDir } = flags;
  const config = loadConfig({ env, flags: { envFile, dataDir }, cwd, home });
  outputOf(context, flags).say(`No server runs; this works on the data folder ${dataDirOf(context, flags)}.`);
  return await atTheDesk(config, work);
}
