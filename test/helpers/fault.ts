import { Fault } from "../../src/core/fault.ts";

/** The Fault that `run` throws; anything else it throws goes on. */
export function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
