/** Telegram's subset of HTML, read as its server reads it: strict about tags, generous about what stands between them. */
import type { JsonObject } from "../json.ts";

export interface Formatted {
  /** What people read. */
  readonly text: string;
  /** `offset` and `length` in UTF-16 units. */
  readonly entities: readonly JsonObject[];
}

interface OpenTag {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly more: JsonObject;
}

const TYPES: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  "tg-emoji": "custom_emoji",
};
const CHARACTERS: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const TAG = /^<(\/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*>/;

/** @returns the text without its marks, or what cannot be read, in Telegram's words */
export function readHtml(html: string): Formatted | string {
  const open: OpenTag[] = [];
  const entities: JsonObject[] = [];
  let text = "";
  let at = 0;
  while (at < html.length) {
    const rest = html.slice(at);
    const sign = rest[0] ?? "";
    if (sign === "&") {
      const [written, character] = characterAt(rest);
      text += character;
      at += written;
      continue;
    }
    if (sign !== "<") {
      text += sign;
      at += 1;
      continue;
    }
    const where = `at byte offset ${Buffer.byteLength(html.slice(0, at))}`;
    const [tag, slash, written = "", attributes = ""] = TAG.exec(rest) ?? [];
    const name = written.toLowerCase();
    if (tag === undefined) {
      const closing = /^<\/([^>]*)>?/.exec(rest)?.[1];
      if (closing !== undefined) return `Unexpected end tag ${where}`;
      const unknown = /^<([^\s>]*)/.exec(rest)?.[1] ?? "";
      return unknown.toLowerCase() in TYPES
        ? `Unclosed start tag ${where}`
        : `Unsupported start tag "${unknown}" ${where}`;
    }
    at += tag.length;
    if (slash === "/") {
      const last = open.pop();
      if (last === undefined) return `Unexpected end tag ${where}`;
      if (last.name !== name) return `Unmatched end tag ${where}, expected "</${last.name}>", found "</${name}>"`;
      const length = text.length - last.offset;
      const isLink = last.type !== "text_link" || "url" in last.more;
      if (length > 0 && isLink) entities.push({ type: last.type, offset: last.offset, length, ...last.more });
      continue;
    }
    const type = typeOf(name, attributes);
    if (type === null) return `Unsupported start tag "${name}" ${where}`;
    open.push({ name, type, offset: text.length, more: moreOf(name, attributes) });
  }
  const left = open.pop();
  if (left !== undefined) {
    const end = Buffer.byteLength(html);
    return `Can't find end tag corresponding to start tag "${left.name}" at byte offset ${end}`;
  }
  return { text, entities: entities.toSorted((one, other) => Number(one["offset"]) - Number(other["offset"])) };
}

function typeOf(name: string, attributes: string): string | null {
  if (name === "span" && attribute(attributes, "class") !== "tg-spoiler") return null;
  return Object.hasOwn(TYPES, name) ? (TYPES[name] ?? null) : null;
}

/** A link without an address is plain text. */
function moreOf(name: string, attributes: string): JsonObject {
  if (name === "a") {
    const url = attribute(attributes, "href");
    return url !== null && URL.canParse(url) ? { url } : {};
  }
  if (name !== "code") return {};
  const language = /^language-(.+)$/.exec(attribute(attributes, "class") ?? "")?.[1];
  return language === undefined ? {} : { language };
}

function attribute(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(attributes);
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? null : value.replace(/&[^;]*;/g, (entity) => characterAt(entity)[1]);
}

/** An entity at the start of a text: how long it is written, and what it means. One that is not known means itself. */
function characterAt(text: string): readonly [number, string] {
  const [whole, name = ""] = /^&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});?/i.exec(text) ?? [];
  if (whole === undefined) return [1, "&"];
  if (name.startsWith("#")) {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? [whole.length, String.fromCodePoint(code)] : [1, "&"];
  }
  const character = Object.hasOwn(CHARACTERS, name) ? CHARACTERS[name] : undefined;
  return character === undefined ? [1, "&"] : [whole.length, character];
}
