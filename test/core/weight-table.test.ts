// What the scorer has learned is carried packed. Nothing of the table that people read may be lost in it.
import { expect, test } from "bun:test";
import { patternName } from "../../src/core/expectation-traits.ts";
import table from "../../src/core/expectation-weights.tsv" with { type: "text" };
import { packed, PATTERN_BYTES } from "../../src/core/weight-table.ts";

/** The table's lines again, those of patterns first. */
function unpacked({ patterns, names }: ReturnType<typeof packed>): string[] {
  const bytes = Buffer.from(patterns, "base64");
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PATTERN_BYTES) {
    lines.push(`[${patternName(bytes.readUIntLE(at, 3))}]\t${bytes.readInt8(at + 3)}\t${bytes.readInt8(at + 4)}`);
  }
  return [...lines, ...names.split("\n")];
}

test("§5.5 every weight of the committed table is packed as it is", () => {
  const lines = table.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
  expect(lines.length).toBeGreaterThan(7_000);
  expect(unpacked(packed(table)).toSorted()).toEqual(lines.toSorted());
});

test("§5.5 a weight that does not fit is an error, and no other weight", () => {
  expect(unpacked(packed("[not send]\t127\t-128\nảnh\t1000\t-1000\n"))).toEqual([
    "[not send]\t127\t-128",
    "ảnh\t1000\t-1000",
  ]);
  expect(() => packed("[not send]\t128\t0")).toThrow("does not fit");
  expect(() => packed("[not send]\t0\t-129")).toThrow("does not fit");
});
