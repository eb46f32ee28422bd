/**
 * Markdown as a tree of what a chat can show; what of it a platform does show is the channel's matter.
 *
 * A Markdown parser does not suit: models answer in something between Markdown and a chat message, and CommonMark takes
 * "5*3 và 4*2" for emphasis, breaks addresses that hold a star, renumbers lists and swallows line breaks. So this reads only
 * what is surely a mark and leaves every line where it was.
 */

export type Tag = "b" | "i" | "s" | "code" | "pre";

/** Text as the person reads it, or a stretch of it that is shown in some way. */
export type Node =
  | string
  | { readonly tag: Tag; readonly children: readonly Node[] }
  | { readonly tag: "a"; readonly href: string; readonly children: readonly Node[] };

/** Stands for a stretch that must stay as it is; the stretches are kept in order. A text's own such sign is kept the same way. */
const KEPT = "\uE000";

/** Code, image or link, address in brackets, bare address, escaped sign, or the placeholder itself. */
const STRETCH =
  /(`{1,3})(?!`)([^\n]*?[^`\n])\1(?!`)|!?\[([^[\]\n]{0,500})\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"\n]*")?\s*\)|<((?:https?:|mailto:)[^\s<>]+)>|(https?:\/\/[^\s<>]+)|\\([\\`*_{}[\]()#+\-.!|~>])|\uE000/g;

// A mark counts only when it hugs its words and stands at a word's edge. Digits and Latin letters are what makes a word.
const BEFORE = String.raw`(?<![\p{Script=Latin}\p{M}\p{N}_])`;
const AFTER = String.raw`(?![\p{Script=Latin}\p{M}\p{N}_])`;
const BOLD = String.raw`\*\*(?=[^\s*]|\*[^\s*])((?:[^*\n]|\*(?!\*))*[^\s(])\*\*`;
/** Every mark is made of these. Most lines of most answers have none, and looking for each mark in turn is what reading costs. */
const MARK_SIGN = /[*_~]/;

type Mark = readonly [Tag, RegExp];
let marks: readonly Mark[] | null = null;

/**
 * Bold may touch a word on one side ("**Giá:**500k"), the others may not ("5*3", "snake_case"). None opens before a closing
 * bracket or a full stop, nor closes behind an opening bracket: "(*)" is a footnote's sign.
 *
 * Made at the first line that has a sign: all letters of a script weigh half a MiB in them.
 */
function marksToRead(): readonly Mark[] {
  return (marks ??= [
    ["b", new RegExp(`${BEFORE}${BOLD}`, "u")],
    ["b", new RegExp(`${BOLD}${AFTER}`, "u")],
    ["b", new RegExp(String.raw`${BEFORE}__(?=[^\s_),.;:!?])((?:[^_\n]|_(?!_))*[^\s_(])__${AFTER}`, "u")],
    ["s", new RegExp(String.raw`~~(?=[^\s~),.;:!?])([^~\n]*[^\s~(])~~`, "u")],
    ["i", new RegExp(String.raw`(?<!\*)${BEFORE}\*(?=[^\s*),.;:!?])([^*\n]*[^\s*(])\*(?!\*)${AFTER}`, "u")],
    ["i", new RegExp(String.raw`${BEFORE}_(?=[^\s_),.;:!?])([^_\n]*[^\s_(])_${AFTER}`, "u")],
  ]);
}

const FENCE = /^\s{0,3}(```+|~~~+)\s*[\w+#.-]*\s*$/;
const RULE = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Reads a text. Plain text comes back as it was, but for blank lines in excess. */
export function readMarkdown(markdown: string): Node[] {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const out: Node[][] = [];
  let fence: { readonly mark: string; readonly code: string[] } | null = null;
  let inTable = false;
  const closeFence = (): void => {
    if (fence !== null && fence.code.length > 0) out.push([{ tag: "pre", children: [fence.code.join("\n")] }]);
    fence = null;
  };
  for (const [at, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence.mark) === true) closeFence();
      else fence.code.push(line);
      continue;
    }
    if (mark !== undefined) {
      fence = { mark, code: [] };
      continue;
    }
    inTable = isTableRow(line) && (inTable || isTableRule(lines[at + 1]));
    if (!inTable) {
      const isBlank = line.trim() === "" || RULE.test(line);
      if (!isBlank) out.push(blockLine(line));
      else if (out.at(-1)?.length !== 0) out.push([]);
    } else if (!isTableRule(line)) out.push(inline(tableRow(line)));
  }
  closeFence();
  return out.flatMap((line, at): Node[] => (at === 0 ? line : ["\n", ...line]));
}

function blockLine(line: string): Node[] {
  const heading = /^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(line)?.[1];
  if (heading !== undefined) return heading === "" ? [] : [{ tag: "b", children: inline(heading) }];
  const item = /^(\s*)[-*]\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line);
  if (item === null) return inline(line);
  const [, indent = "", box, words = ""] = item;
  const bullet = box === undefined ? "•" : box === " " ? "☐" : "☑";
  return [`${indent}${bullet} `, ...inline(words)];
}

function inline(text: string): Node[] {
  const kept: Node[][] = [];
  const open = text.replace(STRETCH, (...match: (string | undefined)[]) => {
    const [whole = "", , code, label, target, bracketed, bare, escaped] = match;
    if (bare !== undefined) {
      kept.push([bare.slice(0, addressEnd(bare))]);
      return KEPT + bare.slice(addressEnd(bare));
    }
    if (code !== undefined) kept.push([{ tag: "code", children: [code] }]);
    else if (label !== undefined && target !== undefined) kept.push(link(label, target));
    else kept.push([bracketed ?? escaped ?? whole]);
    return KEPT;
  });
  return marked(open.replace(/<br\s*\/?>/gi, "\n"), kept);
}

/** Reads the marks from left to right. Takes from `kept`, which are in the same order. */
function marked(text: string, kept: Node[][]): Node[] {
  const nodes: Node[] = [];
  let rest = text;
  for (let mark = firstMark(rest); mark !== null; mark = firstMark(rest)) {
    nodes.push(...unkept(rest.slice(0, mark.at), kept), { tag: mark.tag, children: marked(mark.words, kept) });
    rest = rest.slice(mark.end);
  }
  return [...nodes, ...unkept(rest, kept)];
}

function firstMark(text: string): { tag: Tag; at: number; end: number; words: string } | null {
  if (!MARK_SIGN.test(text)) return null;
  let first: { tag: Tag; at: number; end: number; words: string } | null = null;
  for (const [tag, mark] of marksToRead()) {
    const match = mark.exec(text);
    if (match === null || (first !== null && first.at <= match.index)) continue;
    const [whole, words = ""] = match;
    first = { tag, at: match.index, end: match.index + whole.length, words };
  }
  return first;
}

function unkept(text: string, kept: Node[][]): Node[] {
  return text
    .split(KEPT)
    .flatMap((words, at) => [...(at === 0 ? [] : (kept.shift() ?? [])), ...(words === "" ? [] : [words])]);
}

/** Where an address ends: marks and full stops behind it are the sentence's, and so is a bracket it did not open. */
function addressEnd(bare: string): number {
  let end = bare.length;
  while ("*_~)].,;:!?'\"".includes(bare.charAt(end - 1))) end--;
  return bare.charAt(end) === ")" && bare.lastIndexOf("(", end) > bare.lastIndexOf(")", end - 1) ? end + 1 : end;
}

/** Addresses that no chat would link are shown, so that they are not lost. */
function link(label: string, target: string): Node[] {
  const words = inline(label.trim());
  if (target === "") return words;
  if (words.length === 0) return [target];
  if (label.trim() === target || target === `mailto:${label.trim()}`) return [label.trim()];
  if (/^(?:https?:\/\/|mailto:|tel:)/i.test(target)) return [{ tag: "a", href: target, children: words }];
  return [...words, ` (${target})`];
}

/** A row says so by bars at both ends, so that "a | b" in a sentence is left alone. */
function isTableRow(line: string | undefined): boolean {
  return line !== undefined && /^\s*\|.*\|\s*$/.test(line);
}

function isTableRule(line: string | undefined): boolean {
  return line !== undefined && line.includes("|") && TABLE_RULE.test(line);
}

function tableRow(line: string): string {
  const inside = line.trim().slice(1, -1);
  const cells = inside.split(/(?<!\\)\|/).map((cell) => cell.replace(/<br\s*\/?>/gi, ", ").trim());
  return cells.filter((cell) => cell !== "").join(" | ");
}
