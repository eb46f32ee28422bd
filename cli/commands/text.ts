import { Fault } from "../../src/core/fault.ts";
import type { CommandContext } from "../context.ts";

/** A text to send. @param typed the argument; "-" for what stdin holds @throws Fault `usage` for an empty one */
export async function textFrom(typed: string, context: CommandContext): Promise<string> {
  const text = typed === "-" ? (await context.stdin.text()).trimEnd() : typed;
  if (text.trim() === "")
    throw new Fault("usage", "There is no text to send.", "Give it as the last argument, or pipe it in with -.");
  return text;
}
