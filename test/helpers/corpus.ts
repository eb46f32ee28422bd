/** The labelled sample of `corpus/wait-intent.tsv`, its held-out fifth, and how a reader scores on it. */

export interface LabelledText {
  readonly label: "image" | "file" | "none";
  readonly text: string;
  /** Who wrote it: a reader that has learned from one author is judged on another. */
  readonly author: string;
}

export async function readCorpus(): Promise<LabelledText[]> {
  const source = await Bun.file(new URL("../../corpus/wait-intent.tsv", import.meta.url)).text();
  const lines: LabelledText[] = [];
  let author = "unknown";
  for (const line of source.split("\n")) {
    if (line.startsWith("#")) author = /^# author: (\S+)/.exec(line)?.[1] ?? author;
    if (line === "" || line.startsWith("#")) continue;
    const [label, text] = line.split("\t");
    if ((label !== "image" && label !== "file" && label !== "none") || text === undefined)
      throw new Error(`not a labelled line: ${line}`);
    lines.push({ label, text, author });
  }
  return lines;
}

export function withoutMarks(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("đ", "d")
    .replaceAll("Đ", "D");
}

/** Whoever knew the rules is no judge of them, and lines that have judged once are used up: they are learned from, all of them. */
const TEACHERS: ReadonlySet<string> = new Set(["third", "fifth"]);

/** Every fifth text by FNV-1a of its letters without marks, so that membership cannot be picked; none of the teachers'. */
export function isHeldOut({ text, author }: LabelledText): boolean {
  return !TEACHERS.has(author) && fnv1a(withoutMarks(text.toLowerCase())) % 5 === 0;
}

/** Marks a set of lines, so that whoever changes them is told to learn the weights again. */
export function hashOf(lines: readonly LabelledText[]): string {
  return fnv1a(lines.map(({ label, text }) => `${label}\t${text}`).join("\n")).toString(16);
}

/** 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

export interface Score {
  /** Share of image and file lines for which either was expected. */
  readonly recall: number;
  /** Share of those whose kind was right. */
  readonly rightKind: number;
  /** Share of none lines for which an image or file was expected. */
  readonly needless: number;
  readonly summary: string;
  readonly mistakes: readonly string[];
}

export function scoreOf(lines: readonly LabelledText[], kindOf: (text: string) => string): Score {
  const mistakes: string[] = [];
  const confusions = new Map<string, number>();
  for (const { label, text } of lines) {
    const kind = kindOf(text);
    const read = kind === "image" || kind === "file" ? kind : "none";
    confusions.set(`${label}→${read}`, (confusions.get(`${label}→${read}`) ?? 0) + 1);
    if (read !== label) mistakes.push(`  ${label}→${read}: ${text}`);
  }
  const count = (...pairs: string[]) => pairs.reduce((sum, pair) => sum + (confusions.get(pair) ?? 0), 0);
  const right = count("image→image", "file→file");
  const recalled = right + count("image→file", "file→image");
  const needlessCount = count("none→image", "none→file");
  const recall = recalled / (recalled + count("image→none", "file→none"));
  const needless = needlessCount / (needlessCount + count("none→none"));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const table = [...confusions].map(([pair, times]) => `${pair} ${times}`).join(", ");
  return {
    recall,
    rightKind: right / recalled,
    needless,
    mistakes,
    summary: `recall ${percent(recall)}, right kind ${percent(right / recalled)}, needless ${percent(needless)} (${table})`,
  };
}
