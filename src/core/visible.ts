/** Text from outside, made harmless for a terminal and a log (S10). */

/**
 * Everything that can move the cursor, ring, or reorder what stands around it: C0 and C1 controls, DEL, line and
 * paragraph separators, byte order marks, bidi marks, overrides and isolates, and halves of surrogate pairs. Joiners stay: emoji and
 * several scripts need them.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Text as one line in which nothing acts on the terminal: "a\nb" becomes `a\nb`, ESC becomes `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escaped(character));
}

/** JSON whose strings hold nothing that acts on a terminal. The escapes mean the same to a parser. */
export function inertJson(json: string): string {
  return json.replace(UNSAFE, escaped);
}
