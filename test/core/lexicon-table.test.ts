// The lexicon's table is made when the program is built. It must be what the lists say, for every list there is.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { lexicon } from "../../src/core/lexicon.ts";
import { lexiconTable } from "../../src/core/lexicon-table.ts" with { type: "macro" };
import { nameOf, tableOf } from "../../src/core/word-table.ts";
import { Lexicon } from "../../src/core/words.ts";

const table = lexiconTable();
const core = join(import.meta.dir, "../../src/core");

function aLexicon(): Lexicon {
  const made = new Lexicon();
  made.words("ảnh màn_hình chụp_màn_hình");
  made.respell("hìhh=hình");
  return made;
}

describe("§5.5 the table of the lexicon", () => {
  test("holds every list of every file", async () => {
    for await (const file of new Bun.Glob("*.ts").scan(core)) await import(join(core, file));
    const lists = lexicon.lists();
    expect(lists.classes.length).toBeGreaterThan(200);
    expect(lists.classes.filter((list) => table.classes[nameOf(list)] === undefined)).toEqual([]);
    const made = tableOf(lists);
    expect(table.classes).toEqual(made.classes);
    expect(table.slips).toBe(made.slips);
    const sorted = (text: string) => text.split(/\s/).toSorted();
    expect(sorted(table.known)).toEqual(sorted(made.known));
    expect(sorted(table.continuing)).toEqual(sorted(made.continuing));
    expect(sorted(table.numbers)).toEqual(sorted(made.numbers));
    expect(Object.keys(table.phrases).toSorted()).toEqual(Object.keys(made.phrases).toSorted());
    for (const [first, lines] of Object.entries(table.phrases)) {
      expect(sorted(lines)).toEqual(sorted(made.phrases[first] ?? ""));
    }
  });

  test("is read as the lists are, and left alone when a list is missing in it", () => {
    const plain = aLexicon();
    const ready = aLexicon();
    ready.ready(() => tableOf(plain.lists()));
    const grown = aLexicon();
    grown.ready(() => tableOf(plain.lists()));
    const extra = grown.words("hợp_đồng");
    for (const line of ["chup man hinh", "màn hìhh", "ảnh nè", "constructor", "hop dong"]) {
      const keys = (by: Lexicon) => by.read(line).map(({ key }) => key);
      expect(keys(ready)).toEqual(keys(plain));
      if (line !== "hop dong") expect(keys(grown)).toEqual(keys(plain));
    }
    expect(grown.read("hop dong").map(({ key }) => extra.has(key))).toEqual([true]);
  });

  test("cannot be made of two lists that one name would stand for", () => {
    const list = "một hai ba bốn năm sáu bảy tám chín mười ảnh";
    expect(() => tableOf({ classes: [list, list.replace("ảnh", "anh")], slips: [] })).toThrow("two lists are");
  });
});
