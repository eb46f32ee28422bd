import { describe, expect, test } from "bun:test";
import { intentOf, KEYS, strokesOf, type Key } from "../../../cli/tui/keys.ts";
import { reduce } from "../../../cli/tui/reduce.ts";
import { started } from "../../../cli/tui/state.ts";

const browsing = started({ url: "http://x", now: 0, columns: 80, rows: 24 });
const typing = reduce(browsing, { type: "filter" });

describe("a key", () => {
  test.each<[input: string, key: Key, browsing: string | null, typing: string | null]>([
    ["j", {}, "move", "insert"],
    ["", { upArrow: true }, "move", "recall"],
    ["", { pageDown: true }, "page", null],
    ["G", { shift: true }, "last", "insert"],
    ["", { tab: true }, "next-pane", null],
    ["", { tab: true, shift: true }, "previous-pane", null],
    ["", { return: true }, "open", "submit"],
    ["", { escape: true }, "back", "cancel"],
    ["/", {}, "filter", "insert"],
    [" ", {}, "pause", "insert"],
    ["t", {}, "take-over", "insert"],
    ["R", {}, "release", "insert"],
    ["q", {}, "quit", "insert"],
    ["c", { ctrl: true }, "quit", "quit"],
    ["u", { ctrl: true }, "page", "erase-all"],
    ["w", { ctrl: true }, null, "erase-word"],
    ["", { backspace: true }, null, "erase"],
    ["", { leftArrow: true }, null, "cursor"],
    ["x", { meta: true }, null, null],
    ["ế", {}, null, "insert"],
  ])("%j %j means %p in the panes and %p in a line", (input, key, inPanes, inLine) => {
    const meant = [browsing, typing].map((state): string | null => intentOf(state, input, key)?.type ?? null);
    expect(meant).toEqual([inPanes, inLine]);
  });

  test("each that the help page names does something", () => {
    const single = KEYS.flatMap(([keys]) => keys.split(" ")).filter((key) => key.length === 1 && !"↑↓".includes(key));
    expect(single.length).toBeGreaterThan(12);
    expect(single.filter((key) => intentOf(browsing, key, {}) === null)).toEqual([]);
  });
});

describe("keys that come in one piece", () => {
  function strokes(input: string): unknown[] {
    let inLine = false;
    const found: unknown[] = [];
    for (const [text, key] of strokesOf(input, {}, () => inLine)) {
      found.push(text === "" ? key : text);
      if (text === "/") inLine = true;
      if (key.return === true) inLine = false;
    }
    return found;
  }

  test("are taken one by one, and text into a line as a whole", () => {
    expect(strokes("jj/kind:x\rj")).toEqual(["j", "j", "/", "kind:x", { return: true }, "j"]);
    expect(strokes("\t\tg")).toEqual([{ tab: true }, { tab: true }, "g"]);
    expect(strokes("/ab\u007f\u0015c")).toEqual(["/", "ab", { backspace: true }, "u", "c"]);
  });
});
