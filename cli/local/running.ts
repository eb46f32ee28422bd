/** Whether a server runs for a data folder: through it goes what can, and only without it the folder itself is opened. */
import { Fault } from "../../src/core/fault.ts";
import { connect, knock, type AdminClient } from "../client.ts";
import type { CommandContext, GlobalFlags } from "../context.ts";

/**
 * The server, or why there is none to ask.
 *
 * @throws Fault when another server was meant, or when one runs and has its own opinion
 */
export async function runningServer(context: CommandContext, flags: GlobalFlags): Promise<AdminClient | Fault> {
  try {
    const client = await connect(context, flags);
    // Asked before anything else: an address that a killed server left behind answers nothing.
    if (flags.url === undefined) await knock(client.url);
    return client;
  } catch (error) {
    if (flags.url !== undefined || !(error instanceof Fault) || error.code !== "unreachable") throw error;
    return error;
  }
}
