/** Kinds of values: text from outside in, a typed value or what is wrong with it out. No message repeats the text. */
import * as z from "zod/mini";

/** Reads trimmed, non-empty text. */
export type Kind<T> = z.ZodMiniType<T, string>;

type Reading<T> = { readonly value: T } | { readonly wrong: string };

function kind<T>(read: (text: string) => Reading<T>): Kind<T> {
  const reader = z.transform<string, T>((given, context) => {
    const reading = read(given);
    if ("value" in reading) return reading.value;
    context.issues.push({ code: "custom", input: given, message: reading.wrong });
    return z.NEVER;
  });
  return z.pipe(z.string(), reader);
}

/** Any text. */
export const text: Kind<string> = z.string();

/** Text of a certain shape; `wrong` says which, as in "is not a folder's path". */
export function shaped(shape: RegExp, wrong: string): Kind<string> {
  return kind((given) => (shape.test(given) ? { value: given } : { wrong }));
}

/** Text that can be a header's value, a host or an id. */
export const noSpaces = shaped(/^[\x21-\x7e]+$/, "holds spaces or characters outside ASCII");

export const email = shaped(/^[^\s@<>]+@[^\s@<>]+$/, "is not an e-mail address");

/** One of a few words, in any case. `synonyms` are read as the word they stand for. */
export function oneOf<const W extends string>(
  words: readonly W[],
  synonyms: Readonly<Record<string, W>> = {},
): Kind<W> {
  return kind((given) => {
    const lower = given.toLowerCase();
    const word = words.find((each) => each === lower) ?? synonyms[lower];
    return word === undefined ? { wrong: `is none of: ${words.join(", ")}` } : { value: word };
  });
}

const ON = ["true", "yes", "on", "1"];
const OFF = ["false", "no", "off", "0"];

/** true or false, in the words people use for them. */
export const flag: Kind<boolean> = kind((given) => {
  const lower = given.toLowerCase();
  if (ON.includes(lower)) return { value: true };
  return OFF.includes(lower) ? { value: false } : { wrong: "is neither true nor false" };
});

/** A whole number within bounds, both included. */
export function whole(least: number, most: number): Kind<number> {
  return kind((given) => {
    const value = /^[+-]?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? { value } : { wrong: `is not a whole number from ${least} to ${most}` };
  });
}

/** A number of seconds, hours or days within bounds, read into whole milliseconds. */
export function duration(unit: "seconds" | "hours" | "days", least: number, most: number): Kind<number> {
  const unitMs = { seconds: 1_000, hours: 3_600_000, days: 86_400_000 }[unit];
  return kind((given) => {
    const value = /^\d{0,15}\.?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most
      ? { value: Math.round(value * unitMs) }
      : { wrong: `is not a number of ${unit} from ${least} to ${most}` };
  });
}

/**
 * An http or https address, given back without a slash at its end.
 *
 * @param pathRule says what is wrong with a path ("" or like "/openai/v1"), null when nothing is
 */
export function address(pathRule: (path: string) => string | null = () => null): Kind<string> {
  return kind((given) => {
    const url = URL.parse(given);
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
      return { wrong: "is not an address that starts with https:// or http://" };
    }
    // A password here would end up wherever the address is shown.
    if (url.username !== "" || url.password !== "")
      return { wrong: "holds a user name or password, which it must not" };
    if (url.search !== "" || url.hash !== "") return { wrong: "holds a ? or # part, which it must not" };
    const path = url.pathname.replace(/\/+$/, "");
    const wrong = pathRule(path);
    return wrong === null ? { value: url.origin + path } : { wrong };
  });
}

/** 32 bytes in base64, as `openssl rand -base64 32` prints them. */
export const key32: Kind<string> = kind((given) =>
  /^[A-Za-z0-9+/_-]{43}=?$/.test(given) ? { value: given } : { wrong: "is not 32 bytes in base64" },
);

const PLACEHOLDERS = [
  /^your[_@-]/i,
  /^https?:\/\/your[_.-]/i,
  /^(enter|insert|paste|put|replace|add)[_-]/i,
  /^change[_-]?(me|this|it)/i,
  /^(placeholder|todo|tbd)$/i,
  /[_-]here$/i,
  /^x{3,}$/i,
  /x{6,}/i,
  /^\*+$/,
  /(\.\.\.|…)$/,
  /^<.*>$/,
  /^\$?\{.*\}$/,
  /^\$\(.*\)$/,
];

/**
 * Whether a value was left over from an example file: `your_app_secret`, `changeme`, `xxx`, `EAAB…`, `<token>`.
 * Also `${NAME}`, which no env file of ours expands.
 */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.some((shape) => shape.test(value));
}
