import { isAbsolute, join, resolve } from "node:path";
import type { ConfigInput } from "./types.ts";

/**
 * The data folder, absolute: what was given, else systemd's, else the user's own.
 *
 * @param given the flag's or the setting's text; `~/` in front means the home folder, as no shell reads an env file
 * @returns null when nothing is given and there is no home folder to put it in
 */
export function findDataDir(
  given: string | null,
  { env, cwd, home }: Pick<ConfigInput, "env" | "cwd" | "home">,
): string | null {
  if (given !== null) {
    return given === "~" || given.startsWith("~/") ? join(home, given.slice(1)) : resolve(cwd, given);
  }
  // systemd lists several folders when a unit asks for several; the first is the unit's own.
  const state = env["STATE_DIRECTORY"]?.split(":")[0]?.trim() ?? "";
  if (state !== "") return resolve(cwd, state);
  // A relative path is to be ignored, says the XDG base directory specification.
  const xdg = env["XDG_STATE_HOME"]?.trim() ?? "";
  if (isAbsolute(xdg)) return join(xdg, "botctl");
  return home === "" ? null : join(home, ".local", "state", "botctl");
}
