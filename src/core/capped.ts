/** JSON made to fit a size, and still JSON. */

/** How much of strings, lists and depth is left, gentlest first. The first that fits is taken. */
const CUTS = [
  { chars: 1_000, items: 50, levels: 16 },
  { chars: 250, items: 20, levels: 10 },
  { chars: 100, items: 8, levels: 6 },
  { chars: 40, items: 3, levels: 4 },
] as const;

/** So many fields, with names so long, are kept of an object that is cut to its plain values. */
const MOST_FIELDS = 40;
const MOST_NAME_CHARS = 100;

const utf8 = new TextEncoder();

/** Bytes of a value as JSON in UTF-8. */
function bytesOf(value: unknown): number {
  return utf8.encode(JSON.stringify(value)).byteLength;
}

/**
 * An object as it is when its JSON fits; otherwise cut from the outside in: long strings to their beginning and an "…",
 * long lists to their first items, deep values to null. What no cut makes fit keeps the numbers and flags of its first
 * level. An object that was cut says so in a field `truncated`.
 *
 * @param maxBytes of the JSON in UTF-8
 */
export function capped(value: Readonly<Record<string, unknown>>, maxBytes: number): Readonly<Record<string, unknown>> {
  if (bytesOf(value) <= maxBytes) return value;
  for (const cut of CUTS) {
    const fields = Object.entries(value).map(([key, field]) => [key, cutTo(field, cut, cut.levels)]);
    const smaller = { ...Object.fromEntries(fields), truncated: true };
    if (bytesOf(smaller) <= maxBytes) return smaller;
  }
  const plain = Object.entries(value).filter(([key, field]) => {
    return key.length <= MOST_NAME_CHARS && (typeof field === "number" || typeof field === "boolean");
  });
  return { ...Object.fromEntries(plain.slice(0, MOST_FIELDS)), truncated: true };
}

function cutTo(value: unknown, cut: (typeof CUTS)[number], levels: number): unknown {
  if (typeof value === "string") return shortened(value, cut.chars);
  if (typeof value !== "object" || value === null) return value;
  if (levels <= 0) return null;
  if (Array.isArray(value)) return value.slice(0, cut.items).map((item) => cutTo(item, cut, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, cutTo(field, cut, levels - 1)]));
}

/** Never half of a character that takes two units. */
function shortened(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const head = text.slice(0, chars - 1);
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
