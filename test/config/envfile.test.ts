import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseEnvFile } from "../../src/config/envfile.ts";

const read = (source: string) => Object.fromEntries(parseEnvFile(source).values);

describe("an env file", () => {
  test.each<[string, string, Record<string, string>]>([
    ["plain pairs", "A=1\nB=two", { A: "1", B: "two" }],
    ["spaces around the name and the value", "  A =  one two  ", { A: "one two" }],
    ["export in front", "export A=1\nexport\tB=2", { A: "1", B: "2" }],
    ["comments and empty lines", "# one\n\n  # two\nA=1", { A: "1" }],
    ["a comment behind an unquoted value", "A=1 # one\nB=# nothing\nC=a#b", { A: "1", B: "", C: "a#b" }],
    ["equals signs in the value", "A=b=c==", { A: "b=c==" }],
    ["dollar signs, which are never expanded", 'A=$HOME/${B}\nC="$D"', { A: "$HOME/${B}", C: "$D" }],
    ["single quotes, which keep everything", "A='a \\n \"b\" # c'", { A: 'a \\n "b" # c' }],
    ["double quotes with escapes", 'A="a\\n\\"b\\" \\\\ \\$c \\d # e" # f', { A: 'a\n"b" \\ $c \\d # e' }],
    ["backticks", 'A=`it\'s "so"`', { A: 'it\'s "so"' }],
    ["a quoted value over several lines", 'A="first\nsecond"\nB=2', { A: "first\nsecond", B: "2" }],
    ["Windows line ends and a byte order mark", "\uFEFFA=1\r\nB='x'\r\n", { A: "1", B: "x" }],
    ["a name given twice: the last value", "A=1\nA=2", { A: "2" }],
    ["an empty value", 'A=\nB=""', { A: "", B: "" }],
  ])("reads %s", (_what, source, values) => {
    expect(read(source)).toEqual(values);
  });

  test("names the lines it cannot read and goes on after them", () => {
    const { values, unreadable } = parseEnvFile("A=1\njust words\nB=\"never closed\nC='x' y\n1D=2\nE=5");
    expect(unreadable).toEqual([2, 3, 4, 5]);
    expect(Object.fromEntries(values)).toEqual({ A: "1", E: "5" });
  });

  test("gives back any text that was put between single quotes", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/['\r]/.test(text)),
        (text) => {
          // The line ends inside are kept; only those at the start of the value touch the line's own trimming.
          fc.pre(text === text.trim());
          expect(read(`A='${text}'`)).toEqual({ A: text });
        },
      ),
      { numRuns: 200 },
    );
  });

  test("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        expect(parseEnvFile(source).unreadable.every((line) => line >= 1)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
