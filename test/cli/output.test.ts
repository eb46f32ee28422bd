import { describe, expect, test } from "bun:test";
import { confirm, cut, jsonLine, outputOf, table, visible } from "../../cli/output.ts";
import { faultOf, stage } from "./stage.ts";

describe("what came from outside", () => {
  test.each([
    ["a colour code", "\u001b[31mred", "\\u001b[31mred"],
    ["a clipboard write", "\u001b]52;c;aGk=\u0007", "\\u001b]52;c;aGk=\\u0007"],
    ["a one-character CSI", "\u009b2J", "\\u009b2J"],
    ["lines and tabs", "a\r\nb\tc", "a\\r\\nb\\tc"],
    ["a right-to-left override", "cod\u202egpj.exe", "cod\\u202egpj.exe"],
    ["an isolate and marks", "\u2066x\u2069\u200f\u061c", "\\u2066x\\u2069\\u200f\\u061c"],
    ["separators and a byte order mark", "\u2028\u2029\ufeff", "\\u2028\\u2029\\ufeff"],
    ["half a character", "a\ud83d b\ude00", "a\\ud83d b\\ude00"],
  ])("cannot act on the terminal: %s", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test("keeps letters, marks and joined emoji as they are", () => {
    const text = "Chào chị Hằng, cà phê sữa đá 👩‍👩‍👧 👍🏽 مرحبا";
    expect(visible(text)).toBe(text);
  });

  test("is harmless in JSON too, and means the same to a parser", () => {
    const value = { text: "\u001b[2J\u202e\u007f\u009b" };
    const line = jsonLine(value);
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(line)).toEqual(value);
  });
});

describe("tables", () => {
  const columns = [{ title: "NAME", flexible: true }, { title: "N", right: true }, { title: "STATE" }];

  test("line up in a terminal, with Vietnamese composed or not, wide characters and emoji", () => {
    const text = table(
      columns,
      [
        ["Nguyễn Thị Ngọc", "1", "bot"],
        ["Nguyễn Thị Ngọc".normalize("NFD"), "22", "human"],
        ["日本語", "333", "bot"],
        ["👩‍👩‍👧 Lan", "4", "bot"],
      ],
      80,
    );
    const starts = text
      .trimEnd()
      .split("\n")
      .map((line) => Bun.stringWidth(line.slice(0, line.search(/STATE|bot|human/))));
    expect(starts).toEqual([22, 22, 22, 22, 22]);
    expect(text).toStartWith("NAME               N  STATE\n");
  });

  test("give way where they may when the terminal is narrow", () => {
    const text = table(columns, [["Cửa hàng bánh mì Ngọc Hằng chi nhánh 2", "1", "bot"]], 30);
    const [, row = ""] = text.split("\n");
    expect(Bun.stringWidth(row)).toBeLessThanOrEqual(30);
    expect(row).toContain("…");
    expect(row).toEndWith("bot");
  });

  test.each([
    ["short", 10, "short"],
    ["exactly ten", 11, "exactly ten"],
    ["Nguyễn".normalize("NFD"), 5, `${"Nguy".normalize("NFD")}…`],
    ["👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4, "👩‍👩‍👧…"],
  ])("cut %p to %i cells between characters", (text, cells, kept) => {
    expect(cut(text, cells)).toBe(kept);
  });

  test("are plain lines with tabs in a pipe: no titles, no padding, one line per row", () => {
    const { context } = stage();
    expect(outputOf(context, {}).table(columns, [["a\tb\nc", "1", "bot"]])).toBe("a\\tb\\nc\t1\tbot\n");
  });
});

describe("printing", () => {
  test("with --json the document is all there is", () => {
    const { context, out, err } = stage();
    const output = outputOf(context, { json: true });
    output.result([1], () => "one\n");
    output.say("by the way");
    expect(out()).toBe('{"ok":true,"data":[1]}\n');
    expect(err()).toBe("");
  });

  test("data goes to stdout and talk to stderr", () => {
    const { context, out, err } = stage();
    const output = outputOf(context, {});
    output.result([1], () => "one\n");
    output.say("by the way");
    expect([out(), err()]).toEqual(["one\n", "by the way\n"]);
  });

  test("colours only a terminal that wants them", () => {
    const bold = (props: Parameters<typeof stage>[0]) => outputOf(stage(props).context, {}).bold("x");
    expect(bold({ terminal: true })).toBe("\u001b[1mx\u001b[22m");
    expect(bold({ terminal: true, env: { NO_COLOR: "1" } })).toBe("x");
    expect(bold({ terminal: true, env: { TERM: "dumb" } })).toBe("x");
    expect(bold({ terminal: false })).toBe("x");
  });

  test("times are exact in a pipe and local in a terminal", () => {
    const at = Date.UTC(2026, 0, 31, 14, 5, 9);
    expect(outputOf(stage().context, {}).time(at)).toBe("2026-01-31T14:05:09.000Z");
    expect(outputOf(stage({ terminal: true }).context, {}).time(at)).toMatch(/^2026-0[12]-\d\d \d\d:\d\d:09$/);
    expect(outputOf(stage().context, {}).time(null)).toBe("-");
  });
});

describe("before something is destroyed", () => {
  test("a yes is asked for, in either language", async () => {
    for (const answer of ["y", "Yes", "có", "co"]) {
      const { context, err } = stage({ terminal: true, typed: [answer] });
      await confirm(context, "Remove it?", undefined);
      expect(err()).toBe("Remove it? [y/N] ");
    }
  });

  test.each([[["n"]], [[""]], [[]]])("%p is no yes", async (typed) => {
    const asking = confirm(stage({ terminal: true, typed }).context, "Remove it?", undefined);
    expect(await faultOf(asking)).toMatchObject({ code: "failed", message: "Nothing was changed." });
  });

  test("without a terminal the missing flag is named", async () => {
    expect(await faultOf(confirm(stage().context, "Remove it?", undefined))).toMatchObject({
      code: "usage",
      fix: "Add --yes.",
    });
    await confirm(stage().context, "Remove it?", true);
  });
});
