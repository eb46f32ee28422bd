import { Fault } from "../../src/core/fault.ts";
import type { CommandContext } from "../context.ts";

/**
 * Work that Ctrl+C may end at any point. What the work was doing is left where it is: the process ends, and what must not
 * outlive it hangs on its exit.
 *
 * @throws Fault `forced` at the first signal
 */
export async function interruptible<T>(context: CommandContext, work: () => Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const deafen = context.onSignal(() => stopped.reject(new Fault("forced", "Stopped before the end.")));
  try {
    return await Promise.race([work(), stopped.promise]);
  } finally {
    deafen();
  }
}
