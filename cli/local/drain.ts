/** Sending what is owed from this very process, while no server runs. */
import type { Drained } from "../../src/app.ts";
import type { RetryFilter } from "../client.ts";
import type { CommandContext, GlobalFlags } from "../context.ts";
import { storeFilter } from "./reader.ts";

export interface Draining {
  readonly filter: RetryFilter;
  /** Only these; null for all that match. */
  readonly ids: readonly string[] | null;
  readonly force: boolean;
  readonly timeoutMs: number;
  readonly onSent: () => void;
}

/**
 * Reads the settings as `serve` does, takes the data folder, and sends. A signal ends it early: no call begins any more,
 * those under way end.
 *
 * @throws Fault `busy` while a server runs, `settings`, `not_found` without a database, `storage`
 */
export async function drainHere(
  context: CommandContext,
  flags: GlobalFlags,
  { filter, ids, force, timeoutMs, onSent }: Draining,
): Promise<Drained & { readonly interrupted: boolean }> {
  const [{ loadConfig }, { drainOnce }] = await Promise.all([
    import("../../src/config.ts"),
    import("../../src/app.ts"),
  ]);
  const { env, cwd, home } = context;
  const { envFile, dataDir } = flags;
  const config = loadConfig({ env, flags: { envFile, dataDir }, cwd, home });
  const stopping = new AbortController();
  const deafen = context.onSignal(() => stopping.abort());
  try {
    const chosen = { ...storeFilter(filter), ...(ids === null ? {} : { ids }) };
    const drained = await drainOnce(config, { filter: chosen, force, timeoutMs, signal: stopping.signal, onSent });
    return { ...drained, interrupted: stopping.signal.aborted };
  } finally {
    deafen();
  }
}
