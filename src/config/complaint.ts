import { Fault } from "../core/fault.ts";
import { knownSettings } from "./schema.ts";

/** One thing that is wrong with one setting. */
export interface Complaint {
  /** A setting's name, or a flag's. */
  readonly name: string;
  /** Goes on after the name, as in "is not a whole number". Never repeats the value: it may be a misplaced secret. */
  readonly wrong: string;
  /** Where the value was found, as in "--port"; null when there is none. */
  readonly from: string | null;
}

/** What a placeholder is called. */
export const LEFTOVER = "still holds the placeholder of an example file";

/** The one error of a configuration: every complaint on a line of its own, in the order of the README's table. */
export function settingsFault(complaints: readonly Complaint[]): Fault {
  const order = [...knownSettings.keys()];
  const sorted = [...complaints].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const head =
    sorted.length === 1 ? "1 setting is missing or wrong:" : `${sorted.length} settings are missing or wrong:`;
  return new Fault(
    "settings",
    [head, ...sorted.map((complaint) => `  ${sentence(complaint)}`)].join("\n"),
    "Set them in the environment or in .env and start again. To try botctl without any keys: botctl serve --sandbox",
  );
}

/** "PORT is not a whole number from 0 to 65535 (from --port); for example PORT=8000" */
function sentence({ name, wrong, from }: Complaint): string {
  const about = knownSettings.get(name);
  const origin = from === null ? "" : ` (from ${from})`;
  return `${name} ${wrong}${origin}${about === undefined ? "" : `; for example ${name}=${about.example}`}`;
}
