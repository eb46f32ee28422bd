/** Where in a text something stands that a parser reported by its path. Pure; a guess where the layout is unusual. */

export type Path = readonly PropertyKey[];

/** "steps[1].attach" */
export function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/**
 * The line of a value, or of the nearest one around it that can be found.
 *
 * @returns counted from 1; null when not even the outermost key is found
 */
export function lineOf(source: string, path: Path): number | null {
  const offset = /^\s*[[{]/.test(source) ? offsetInJson(source, path) : offsetInYaml(source, path);
  return offset === null ? null : source.slice(0, offset).split("\n").length;
}

interface Line {
  readonly start: number;
  readonly indent: number;
  readonly content: string;
}

/** Block style: a key is found by its indentation, an item by counting dashes of one indentation. */
function offsetInYaml(source: string, path: Path): number | null {
  let rest = linesOf(source);
  let found: number | null = null;
  for (const key of path) {
    const outer = rest[0]?.indent ?? 0;
    const level = rest.filter((line) => line.indent === outer);
    const hit =
      typeof key === "number"
        ? level.filter((line) => line.content.startsWith("-"))[key]
        : level.find((line) => new RegExp(`^["']?${escaped(String(key))}["']?\\s*:`).test(line.content));
    if (hit === undefined) return found;
    found = hit.start + hit.indent;
    const from = rest.indexOf(hit);
    const isItem = typeof key === "number";
    const end = rest.findIndex((line, index) => {
      const closes =
        line.indent < hit.indent || (line.indent === hit.indent && (isItem || !line.content.startsWith("-")));
      return index > from && closes;
    });
    const inside = rest.slice(from + 1, end === -1 ? undefined : end);
    rest = isItem ? [afterDash(hit), ...inside] : inside;
  }
  return found;
}

/** What follows the dash of an item is the first key of the item. */
function afterDash({ start, indent, content }: Line): Line {
  const width = /^-\s*/.exec(content)?.[0].length ?? 1;
  return { start, indent: indent + width, content: content.slice(width) };
}

function linesOf(source: string): Line[] {
  let start = 0;
  const lines = source.split("\n").map((text) => {
    const line = { start, indent: /^ */.exec(text)?.[0].length ?? 0, content: text.trim() };
    start += text.length + 1;
    return line;
  });
  return lines.filter(({ content }) => content !== "" && !content.startsWith("#") && content !== "---");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Flow style: strings and brackets are read, everything else is passed over. */
function offsetInJson(source: string, path: Path): number | null {
  let found: number | null = null;
  let from = 0;
  for (const key of path) {
    const place = childOf(source, from, key);
    if (place === null) return found;
    ({ found, from } = { found: place.at, from: place.value });
  }
  return found;
}

/** The entry of the container that begins at or after `from`: where its key stands, and where its value begins. */
function childOf(source: string, from: number, wanted: PropertyKey): { at: number; value: number } | null {
  let depth = 0;
  let index = 0;
  for (const token of source.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]|[^\s[\]{},:"]+/g)) {
    const at = from + token.index;
    const [text] = token;
    if (depth === 1 && !/^[\]},]$/.test(text)) {
      if (typeof wanted === "number" && index === wanted) return { at, value: at };
      const isKey = text.startsWith('"') && /^\s*:/.test(source.slice(at + text.length));
      if (isKey && JSON.stringify(wanted) === text) return { at, value: at + text.length };
    }
    if (text === "[" || text === "{") depth++;
    else if (text === "]" || text === "}") depth--;
    else if (text === "," && depth === 1) index++;
    if (depth === 0) return null;
  }
  return null;
}
