/**
 * Markdown as plain text that still reads well, because Messenger shows marks as they are typed.
 *
 * A Markdown parser does not suit: models answer in something between Markdown and a chat message, and CommonMark takes
 * "5*3 và 4*2" for emphasis, breaks addresses that hold a star, renumbers lists and swallows line breaks. So this takes away
 * only what is surely a mark and leaves every line where it was.
 */

/** Stands for a stretch that must stay as it is; the stretches are kept in order. A text's own such sign is kept the same way. */
const KEPT = "\uE000";

/** Code, image or link, address in brackets, bare address, escaped sign, or the placeholder itself. */
const STRETCH =
  /(`{1,3})(?!`)([^\n]*?[^`\n])\1(?!`)|!?\[([^[\]\n]{0,500})\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"\n]*")?\s*\)|<((?:https?:|mailto:)[^\s<>]+)>|(https?:\/\/[^\s<>]+)|\\([\\`*_{}[\]()#+\-.!|~>])|\uE000/g;

// A mark counts only when it hugs its words and stands at a word's edge. Digits and Latin letters are what makes a word.
const BEFORE = String.raw`(?<![\p{Script=Latin}\p{M}\p{N}_])`;
const AFTER = String.raw`(?![\p{Script=Latin}\p{M}\p{N}_])`;
const BOLD = String.raw`\*\*(?=[^\s*]|\*[^\s*])((?:[^*\n]|\*(?!\*))*[^\s(])\*\*`;
/**
 * Bold may touch a word on one side ("**Giá:**500k"), the others may not ("5*3", "snake_case"). None opens before a closing
 * bracket or a full stop, nor closes behind an opening bracket: "(*)" is a footnote's sign.
 */
const MARKS: readonly RegExp[] = [
  new RegExp(`${BEFORE}${BOLD}`, "gu"),
  new RegExp(`${BOLD}${AFTER}`, "gu"),
  new RegExp(String.raw`${BEFORE}__(?=[^\s_),.;:!?])((?:[^_\n]|_(?!_))*[^\s_(])__${AFTER}`, "gu"),
  new RegExp(String.raw`~~(?=[^\s~),.;:!?])([^~\n]*[^\s~(])~~`, "gu"),
  new RegExp(String.raw`(?<!\*)${BEFORE}\*(?=[^\s*),.;:!?])([^*\n]*[^\s*(])\*(?!\*)${AFTER}`, "gu"),
  new RegExp(String.raw`${BEFORE}_(?=[^\s_),.;:!?])([^_\n]*[^\s_(])_${AFTER}`, "gu"),
];
/** Twice, because marks stand inside marks: "_**so**_". */
const MARKS_AND_INNER = [...MARKS, ...MARKS];

const FENCE = /^\s{0,3}(```+|~~~+)\s*[\w+#.-]*\s*$/;
const RULE = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Takes the Markdown out of a text. Plain text comes back as it was, but for blank lines in excess. */
export function plainText(markdown: string): string {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const out: string[] = [];
  let fence: string | null = null;
  let inTable = false;
  for (const [at, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true) fence = null;
      else out.push(line);
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    inTable = isTableRow(line) && (inTable || isTableRule(lines[at + 1]));
    if (!inTable) out.push(RULE.test(line) ? "" : blockLine(line));
    else if (!isTableRule(line)) out.push(inline(tableRow(line)));
  }
  return out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function blockLine(line: string): string {
  const heading = /^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(line)?.[1];
  if (heading !== undefined) return inline(heading);
  const item = /^(\s*)[-*]\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line);
  if (item === null) return inline(line);
  const [, indent = "", box, words = ""] = item;
  const bullet = box === undefined ? "•" : box === " " ? "☐" : "☑";
  return `${indent}${bullet} ${inline(words)}`;
}

function inline(text: string): string {
  const kept: string[] = [];
  let open = text.replace(STRETCH, (...match: (string | undefined)[]) => {
    const [whole = "", , code, label, target, bracketed, bare, escaped] = match;
    const address = bare === undefined ? undefined : bare.slice(0, addressEnd(bare));
    kept.push(code ?? link(label, target) ?? bracketed ?? address ?? escaped ?? whole);
    return bare === undefined ? KEPT : KEPT + bare.slice(addressEnd(bare));
  });
  open = open.replace(/<br\s*\/?>/gi, "\n");
  for (const mark of MARKS_AND_INNER) open = open.replace(mark, "$1");
  let next = 0;
  return open.replaceAll(KEPT, () => kept[next++] ?? "");
}

/** Where an address ends: marks and full stops behind it are the sentence's, and so is a bracket it did not open. */
function addressEnd(bare: string): number {
  let end = bare.length;
  while ("*_~)].,;:!?'\"".includes(bare.charAt(end - 1))) end--;
  return bare.charAt(end) === ")" && bare.lastIndexOf("(", end) > bare.lastIndexOf(")", end - 1) ? end + 1 : end;
}

function link(label: string | undefined, target: string | undefined): string | undefined {
  if (label === undefined || target === undefined) return undefined;
  const words = inline(label).trim();
  if (target === "" || target === words || target === `mailto:${words}`) return words;
  return words === "" ? target : `${words} (${target})`;
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
