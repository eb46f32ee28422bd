import * as z from "zod/mini";
import { conduct, server } from "./inside.ts";
import { messenger, model, services, telegram } from "./outside.ts";
import { about, type About } from "./setting.ts";

/** Every setting there is, in the README's order: trimmed texts in, typed values out. */
export const settings = z.object({ ...server, ...messenger, ...telegram, ...model, ...services, ...conduct });

/** All settings' values, still flat. */
export type Values = z.output<typeof settings>;

/** What is known about each setting, by name. */
export const knownSettings: ReadonlyMap<string, About> = new Map(
  Object.entries(settings.shape).flatMap(([name, schema]) => {
    const words = about.get(schema);
    return words === undefined ? [] : [[name, words] as const];
  }),
);

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
