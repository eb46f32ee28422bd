// Comments and test names cite the pages in docs by id ("A5") and by section ("DESIGN §5.8"): each must be there.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dir, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const PAGES = ["docs/requirements.md", "docs/design.md", "docs/guarantees.md"] as const;
const READERS = ["README.md", "CONTRIBUTING.md"] as const;

// ---- what the pages have -------------------------------------------------------------------------------------------

/** The first column of a page's tables, where it is an id. */
function idsOf(page: string): string[] {
  return [...read(page).matchAll(/^\| ([A-Z]\d{1,2}) \|/gm)].map(([, id = ""]) => id);
}

/** Numbers of a page's sections: headings ("## 5. …") and the points below them ("- **5.8 …", "| 4.6 |"). */
function sectionsOf(page: string): string[] {
  const numbers = /^(?:## (\d+)\.|- \*\*(\d+\.\d+)|\| (\d+\.\d+) \|)/gm;
  return [...read(page).matchAll(numbers)].map(([, heading, point, row]) => heading ?? point ?? row ?? "");
}

/** A heading as the last part of a link to it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

const ids = new Set(PAGES.flatMap(idsOf));
const design = new Set(sectionsOf("docs/design.md"));
const guarantees = new Set(sectionsOf("docs/guarantees.md"));

// ---- what the code cites -------------------------------------------------------------------------------------------

const ID = /\b[UAMPRTGHS]\d{1,2}\b/g;

/** Comments of a file, one by one; lines of `//` that follow each other are one comment. */
function commentsOf(text: string): string[] {
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?:^|[ \t])\/\/.*(?:\n[ \t]*\/\/.*)*/g)].map(([comment]) =>
    comment.replace(/\n[ \t]*(?:\*|\/\/) ?/g, " "),
  );
}

/**
 * The ids a file cites.
 *
 * Only those that can be told from other text: within parentheses in a comment or a page, and at the start of a string
 * in a test ("G3 a copy …", "S2: of Messenger …"), several of them one after the other too.
 */
function idsIn(text: string, kind: "source" | "test" | "page"): string[] {
  const prose = kind === "page" ? [text] : commentsOf(text);
  const asides = prose.flatMap((comment) => [...comment.matchAll(/\(([^()]*)\)/g)].map(([, aside = ""]) => aside));
  const names =
    kind === "test" ? [...text.matchAll(/["'`]((?:[A-Z]\d{1,2}:? )+)\S/g)].map(([, start = ""]) => start) : [];
  return [...asides, ...names].flatMap((cited) => [...cited.matchAll(ID)].map(([id]) => id));
}

/** The sections a file cites, with the page as it is written; `null` where the page is left to the reader. */
function sectionsIn(text: string): { page: "DESIGN" | "guarantees" | null; section: string }[] {
  return [...text.matchAll(/(?:\b(DESIGN|guarantees) )?§(\d+(?:\.\d+)?)/gi)].map(([, page = "", section = ""]) => ({
    page: /design/i.test(page) ? "DESIGN" : /guarantees/i.test(page) ? "guarantees" : null,
    section,
  }));
}

function isThere({ page, section }: ReturnType<typeof sectionsIn>[number]): boolean {
  if (page === "DESIGN") return design.has(section);
  if (page === "guarantees") return guarantees.has(section);
  return design.has(section) || guarantees.has(section);
}

function kindOf(file: string): "source" | "test" | "page" {
  if (file.endsWith(".md")) return "page";
  return file.startsWith("test") ? "test" : "source";
}

/** Everything that cites, but this file, whose examples are made up. */
const citing = ["{src,cli,test,bench,scripts}/**/*.{ts,tsx}", "docs/*.md"]
  .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root })])
  .filter((file) => normalize(file) !== normalize("test/docs.test.ts"))
  .sort();

describe("the pages in docs", () => {
  test("explain each id once", () => {
    const all = PAGES.flatMap(idsOf);
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
  });

  test.each([
    ["U", 6],
    ["A", 8],
    ["M", 11],
    ["P", 7],
    ["R", 12],
    ["T", 10],
    ["G", 12],
    ["H", 8],
    ["S", 13],
  ])("have ids of %s without a gap, %i at least, because an id once given is never taken back", (letter, least) => {
    const numbers = [...ids].filter((id) => id.startsWith(letter)).map((id) => Number(id.slice(1)));
    expect(numbers.length).toBeGreaterThanOrEqual(least);
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
  });

  test("are each linked from the README and from CONTRIBUTING", () => {
    const missing = READERS.flatMap((reader) => PAGES.filter((page) => !read(reader).includes(`](${page})`)));
    expect(missing).toEqual([]);
  });

  test.each([...PAGES, ...READERS])("%s: every link leads to a file, and to a heading in it", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.flatMap(([link, file = "", anchor]) => {
      const target = file === "" ? page : normalize(join(dirname(page), file));
      if (!existsSync(join(root, target))) return [link];
      const anchors = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
      return anchor === undefined || anchors.includes(anchor) ? [] : [link];
    });
    expect(links.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });

  test.each(["docs/design.md", "docs/guarantees.md"])("%s: every file and folder named in it exists", (page) => {
    const named = [...read(page).matchAll(/`((?:src|cli|test|corpus)\/[\w./-]*\w)`/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe("what is cited exists", () => {
  test("every id", () => {
    const cited = citing.flatMap((file) => idsIn(read(file), kindOf(file)).map((id) => ({ file, id })));
    expect(cited.length).toBeGreaterThan(100);
    expect(cited.filter(({ id }) => !ids.has(id))).toEqual([]);
  });

  test("every section", () => {
    const cited = citing.flatMap((file) => sectionsIn(read(file)).map((citation) => ({ file, ...citation })));
    expect(cited.length).toBeGreaterThan(40);
    expect(cited.filter((citation) => !isThere(citation))).toEqual([]);
  });

  test("ids are found in comments and at the start of test names, and nowhere else", () => {
    const text = [
      "/** Kept for a while (guarantees G3,",
      " * H4). Not A1, and not 1,000 (HTTP). */",
      "const T0 = 1; // late (G1–G2)",
      'test("S2: of nobody", () => {});',
      'test("R8 G12 stops", () => {});',
      'const product = { id: "A1", call: f(M4) };',
    ].join("\n");
    expect(idsIn(text, "test")).toEqual(["G3", "H4", "G1", "G2", "S2", "R8", "G12"]);
    expect(idsIn(text, "source")).toEqual(["G3", "H4", "G1", "G2"]);
  });

  test("a section is looked for on the page that is named with it", () => {
    const text = "(DESIGN §5.8) (guarantees §2, H5) §5.1 (DESIGN §5.12) (guarantees §7) (guarantees §5.8) §9";
    expect(sectionsIn(text).map(isThere)).toEqual([true, true, true, false, false, false, false]);
  });
});
