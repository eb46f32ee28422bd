/** What can be typed after `botctl`, read from the commands themselves, so that completion never lags behind them. */
import type { Argument, Command, Option } from "commander";

/** What a flag or an argument takes. */
export type Value =
  { readonly kind: "choices"; readonly choices: readonly string[] } | { readonly kind: "file" | "folder" | "text" };

export interface Flag {
  /** "-h" and "--help", as far as there are both. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Null when it takes none, or need not. */
  readonly value: Value | null;
}

interface Place {
  readonly value: Value;
  /** Whatever follows is of the same kind. */
  readonly variadic: boolean;
}

/** One command, with what may follow it. */
export interface Shape {
  /** The words that lead to it: "botctl retry list". */
  readonly at: string;
  /** Its own name first, then its aliases. */
  readonly subcommands: readonly { readonly names: readonly string[]; readonly summary: string }[];
  readonly flags: readonly Flag[];
  readonly places: readonly Place[];
}

/** Choices of arguments that no command lists itself, by "botctl simulate scenario". */
export type MoreChoices = Readonly<Record<string, readonly string[]>>;

/** Every command there is, the program first, each before its subcommands. */
export function shapesOf(program: Command, more: MoreChoices = {}): Shape[] {
  return below(program, program.name(), more);
}

function below(command: Command, at: string, more: MoreChoices): Shape[] {
  const help: Flag = { names: ["-h", "--help"], summary: "show this help", value: null };
  const shape: Shape = {
    at,
    subcommands: command.commands.map((sub) => {
      return { names: [sub.name(), ...sub.aliases()], summary: sub.summary() || firstSentence(sub.description()) };
    }),
    flags: [...command.options.filter(({ hidden }) => !hidden).map(flagOf), help],
    places: command.registeredArguments.map((argument) => placeOf(argument, more[`${at} ${argument.name()}`])),
  };
  return [shape, ...command.commands.flatMap((sub) => below(sub, `${at} ${sub.name()}`, more))];
}

function firstSentence(text: string): string {
  return text.replace(/\. .*$/s, "").replace(/\.$/, "");
}

function flagOf(option: Option): Flag {
  const names = [option.short, option.long].flatMap((name) => name ?? []);
  const [, placeholder = ""] = /<([^>]+)>/.exec(option.flags) ?? [];
  return {
    names,
    summary: option.description,
    value: option.required ? valueOf(placeholder, option.argChoices) : null,
  };
}

function placeOf(argument: Argument, more: readonly string[] | undefined): Place {
  return { value: valueOf(argument.name(), more ?? argument.argChoices), variadic: argument.variadic };
}

/** The placeholder says what is meant: `<file>`, `<folder>`. */
function valueOf(placeholder: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: "choices", choices };
  if (/^files?$|^paths?$/.test(placeholder)) return { kind: "file" };
  return { kind: /^(folder|dir)$/.test(placeholder) ? "folder" : "text" };
}

/** A step from a command to one below it, by any of its names. */
export function stepsOf(
  shapes: readonly Shape[],
): { readonly from: string; readonly word: string; readonly to: string }[] {
  return shapes.flatMap(({ at, subcommands }) =>
    subcommands.flatMap(({ names }) => names.map((word) => ({ from: at, word, to: `${at} ${names[0] ?? word}` }))),
  );
}

/**
 * What takes a value, as the patterns of a shell's `case`: "*:--data-dir" where a flag means the same wherever it stands,
 * else "botctl retry list:--state". Those that take the same stand together.
 */
export function valuesOf(shapes: readonly Shape[]): { readonly value: Value; readonly patterns: readonly string[] }[] {
  const meanings = new Map<string, Set<string>>();
  const uses = shapes.flatMap(({ at, flags }) =>
    flags.flatMap(({ names, value }) => names.map((name) => ({ at, name, value, key: JSON.stringify(value) }))),
  );
  for (const { name, key } of uses) meanings.set(name, (meanings.get(name) ?? new Set()).add(key));
  const found = new Map<string, { value: Value; patterns: Set<string> }>();
  for (const { at, name, value, key } of uses) {
    if (value === null) continue;
    const group = found.get(key) ?? { value, patterns: new Set() };
    group.patterns.add(meanings.get(name)?.size === 1 ? `*:${name}` : `${at}:${name}`);
    found.set(key, group);
  }
  return [...found.values()].map(({ value, patterns }) => ({ value, patterns: [...patterns] }));
}

/** Where arguments may stand: "botctl send:0", or "botctl simulate:*" for any number of them. */
export function placesOf(shapes: readonly Shape[]): { readonly pattern: string; readonly value: Value }[] {
  return shapes.flatMap(({ at, places }) =>
    places.map(({ value, variadic }, index) => ({ pattern: `${at}:${variadic ? "*" : index}`, value })),
  );
}
