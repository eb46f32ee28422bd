import { conduct, server } from "./inside.ts";
import { messenger, model, services, telegram } from "./outside.ts";
import type { About, Setting } from "./setting.ts";

const settings = { ...server, ...messenger, ...telegram, ...model, ...services, ...conduct };

/** All settings' values, still flat. */
export type Values = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};

/** What is known about each setting, by name, in the README's order. */
export const knownSettings: ReadonlyMap<string, About> = new Map(Object.entries(settings));

/** What is wrong with one setting's text. */
export interface Misread {
  readonly name: string;
  readonly wrong: string;
}

/**
 * Every setting's value.
 *
 * @param given trimmed, non-empty texts by name
 * @returns all that is wrong, when anything is
 */
export function readSettings(given: ReadonlyMap<string, string>): { values: Values } | { misread: Misread[] } {
  const values: [string, unknown][] = [];
  const misread: Misread[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const reading = setting.read(given.get(name));
    if ("wrong" in reading) misread.push({ name, wrong: reading.wrong });
    else values.push([name, reading.value]);
  }
  // Each name holds what its own setting made of the text; that is not to be had from a list of pairs.
  return misread.length > 0 ? { misread } : { values: Object.fromEntries(values) as Values };
}

/** What `--sandbox` does not look at. */
export const outsideSettings: ReadonlySet<string> = new Set(
  Object.keys({ ...messenger, ...telegram, ...model, ...services }),
);

/** One row of the README's table. */
export interface SettingRow {
  readonly name: string;
  /** Empty when there is none. */
  readonly default: string;
  readonly meaning: string;
}

/** The settings as the README shows them, in its order. */
export function settingsTable(): SettingRow[] {
  return [...knownSettings].map(([name, words]) => ({
    name,
    default: words.shownDefault ?? words.initial ?? "",
    meaning: words.meaning,
  }));
}
