import { describe, expect, test } from "bun:test";
import { claim, fail, giveBack, hopeless, recoverTurn } from "../../src/core/claiming.ts";
import { clampDue, close, hear, isWasted, partOf, type Part, type Turn } from "../../src/core/turn.ts";
import { DEFAULT_WAITS, type WaitPolicy } from "../../src/core/waits.ts";
import { aMessage, anAttachment, announces, says, shows, taps } from "../helpers/parts.ts";

const T0 = 1_795_000_000_000;

/** Hears parts at the given milliseconds after T0, all in one conversation, and answers its newest turn. */
function after(schedule: readonly (readonly [number, Part])[], policy: WaitPolicy = DEFAULT_WAITS): Turn {
  let turn: Turn | null = null;
  for (const [atMs, part] of schedule) turn = hear(turn, part, T0 + atMs, policy).turn;
  if (turn === null) throw new Error("an empty schedule has no turn");
  return turn;
}

function dueMs(turn: Turn): number {
  return turn.dueAt - T0;
}

describe("§5.1 the wait is a ceiling chosen by what the text announces", () => {
  test.each([
    ["image", 8_000],
    ["file", 5_000],
    ["question", 3_000],
    ["unfinished", 2_000],
    ["nothing", 100],
  ] as const)("a text that announces %s waits %i ms", (kind, ms) => {
    expect(dueMs(after([[0, announces(kind)]]))).toBe(ms);
  });

  test("an attachment without a text waits 2 s for one", () => {
    expect(dueMs(after([[0, shows()]]))).toBe(2_000);
  });

  test("§5.7 a text that fills a message waits for its continuation, and both are one turn", () => {
    const whole = "hoa hồng đỏ ".repeat(341);
    const turn = after([
      [0, says(whole)],
      [900, says("và hoa cúc trắng nữa nha shop")],
    ]);
    expect([dueMs(after([[0, says(whole)]])), turn.parts, dueMs(turn)]).toEqual([2_000, 2, 2_000]);
  });

  test("§5.7 an album without words is one turn, and one with a caption anywhere settles half a second after its newest part", () => {
    const bare = after([0, 40, 90].map((atMs) => [atMs, shows()] as const));
    expect([bare.parts, dueMs(bare)]).toEqual([3, 2_090]);
    const caption = partOf(aMessage("mẫu này giá sao ạ", [anAttachment()]));
    for (const at of [0, 1, 2]) {
      const turn = after([0, 40, 90].map((atMs, index) => [atMs, index === at ? caption : shows()] as const));
      expect([turn.parts, dueMs(turn)]).toEqual([3, 590]);
    }
  });

  test("a sticker is said, not shown: it does not wait for a text", () => {
    expect(dueMs(after([[0, shows("sticker")]]))).toBe(100);
  });

  test("a new text moves the end to the later of both waits", () => {
    expect(
      dueMs(
        after([
          [0, announces("image")],
          [1_000, announces("nothing")],
        ]),
      ),
    ).toBe(8_000);
    expect(
      dueMs(
        after([
          [0, announces("nothing")],
          [50, announces("image")],
        ]),
      ),
    ).toBe(8_050);
  });

  test("a later short text keeps the reason of the longer wait", () => {
    expect(
      after([
        [0, announces("image")],
        [1_000, announces("nothing")],
      ]).reason,
    ).toContain("image");
  });

  test("the reason says in words how long and why", () => {
    expect(after([[0, says("xem ảnh này giúp mình")]]).reason).toMatch(/^waiting up to 8 s: the text/);
  });

  test("every wait is a setting", () => {
    const policy = { ...DEFAULT_WAITS, imageMs: 4_321 };
    expect(dueMs(after([[0, announces("image")]], policy))).toBe(4_321);
  });
});

describe("§5.2 what was expected arriving shortens the wait", () => {
  test("A1 text, then photo: 0.5 s after the photo", () => {
    expect(
      dueMs(
        after([
          [0, announces("image")],
          [1_200, shows()],
        ]),
      ),
    ).toBe(1_700);
  });

  test("A1 photo, then text: 0.5 s after the text, also when the text announces an image", () => {
    expect(
      dueMs(
        after([
          [0, shows()],
          [700, announces("image")],
        ]),
      ),
    ).toBe(1_200);
  });

  test("photos 2 to n each move the end", () => {
    expect(
      dueMs(
        after([
          [0, announces("image")],
          [900, shows()],
          [1_100, shows()],
          [1_300, shows()],
        ]),
      ),
    ).toBe(1_800);
  });

  test("text, photo, text is one turn", () => {
    const turn = after([
      [0, announces("image")],
      [1_000, shows()],
      [1_400, announces("nothing")],
    ]);
    expect([turn.parts, dueMs(turn)]).toEqual([3, 1_900]);
  });

  test("a sticker after the text does not count as the photo", () => {
    expect(
      dueMs(
        after([
          [0, announces("image")],
          [1_000, shows("sticker")],
        ]),
      ),
    ).toBe(8_000);
  });

  test("the preview of a link in the text is not the announced photo", () => {
    const withLink = partOf(aMessage("chờ em gửi ảnh nha https://a.example", [anAttachment("link")]));
    expect(dueMs(after([[0, withLink]]))).toBe(8_000);
  });

  test("a message that brings text and attachment together settles at once", () => {
    const both = { ...announces("image"), attachment: true };
    expect(dueMs(after([[0, both]]))).toBe(500);
  });
});

describe("§5.3 a turn closes at 20 parts, at 12 s, and for a button", () => {
  test("A4 no wait goes past 12 s from the first part", () => {
    const turn = after([
      [0, announces("image")],
      [5_000, announces("image")],
      [11_000, announces("image")],
    ]);
    expect(dueMs(turn)).toBe(12_000);
    expect(turn.reason).toContain("no turn waits longer than 12 s");
  });

  test("the twentieth part closes it, and the next one opens another", () => {
    const parts = Array.from({ length: 20 }, (_, index) => [index * 10, announces("image")] as const);
    const full = after(parts);
    expect([full.state, full.parts]).toEqual(["ready", 20]);
    const next = hear(full, announces("image"), T0 + 300, DEFAULT_WAITS);
    expect([next.kind, next.turn.parts]).toEqual(["opened", 1]);
  });

  test("a button closes the open turn and runs after it, on its own", () => {
    const open = after([[0, announces("image")]]);
    const heard = hear(open, taps, T0 + 1_000, DEFAULT_WAITS);
    expect(heard.kind).toBe("opened");
    expect(heard.kind === "opened" ? heard.closes?.state : null).toBe("ready");
    expect([heard.turn.kind, heard.turn.state, dueMs(heard.turn)]).toEqual(["tap", "ready", 1_000]);
  });

  test("what comes after a button never joins it", () => {
    const tap = after([[0, taps]]);
    expect(hear(tap, announces("nothing"), T0 + 10, DEFAULT_WAITS).kind).toBe("opened");
  });
});

describe("§5.8 a part that comes before the answer is committed", () => {
  const running = claim(close(after([[0, announces("nothing")]]), T0 + 100, "due"));

  test("takes the turn back from its agent, without costing a claim", () => {
    const heard = hear(running, shows(), T0 + 900, DEFAULT_WAITS);
    expect(heard).toMatchObject({
      kind: "extended",
      aborts: true,
      turn: { state: "gathering", claims: 0, reruns: 1, parts: 2 },
    });
    expect(heard.turn.fence).toBeGreaterThan(running.fence);
  });

  test("does so at most twice; then parts bind to the next turn", () => {
    let turn: Turn = running;
    for (let rerun = 1; rerun <= 2; rerun++) {
      const heard = hear(turn, shows(), T0 + rerun * 1_000, DEFAULT_WAITS);
      expect(heard.kind).toBe("extended");
      turn = claim(close(heard.turn, T0 + rerun * 1_000 + 500, "settled"));
    }
    expect(hear(turn, shows(), T0 + 9_000, DEFAULT_WAITS).kind).toBe("opened");
  });

  test("joins a ready turn without aborting anything", () => {
    const ready = close(after([[0, announces("nothing")]]), T0 + 100, "due");
    const heard = hear(ready, shows(), T0 + 200, DEFAULT_WAITS);
    expect(heard).toMatchObject({ kind: "extended", aborts: false, turn: { state: "gathering", parts: 2 } });
  });

  test("past the ceiling the turn closes again at once", () => {
    const heard = hear(running, shows(), T0 + 20_000, DEFAULT_WAITS);
    expect(dueMs(heard.turn)).toBe(20_000);
  });
});

describe("§5.11 limits and switches", () => {
  test("SMART_DELAY_ENABLED=false closes every turn at once", () => {
    expect(dueMs(after([[0, announces("image")]], { ...DEFAULT_WAITS, enabled: false }))).toBe(0);
  });

  test("M4 a turn held back by a rate limit keeps its time and takes parts past the ceiling", () => {
    const held: Turn = {
      ...close(after([[0, announces("nothing")]]), T0 + 100, "due"),
      hold: "rate",
      notBeforeAt: T0 + 40_000,
    };
    const heard = hear(held, announces("image"), T0 + 30_000, DEFAULT_WAITS);
    expect(heard).toMatchObject({
      kind: "extended",
      turn: { state: "ready", hold: "rate", notBeforeAt: T0 + 40_000, parts: 2 },
    });
  });

  test("H4 a due time from a clock that was set back is clamped", () => {
    expect(clampDue(T0 + 3_600_000, T0, DEFAULT_WAITS)).toBe(T0 + 12_000);
    expect(clampDue(T0 + 500, T0, DEFAULT_WAITS)).toBe(T0 + 500);
  });
});

describe("claims and failures", () => {
  const ready = close(after([[0, announces("nothing")]]), T0 + 100, "due");

  test("a failed agent is asked again in 30 s, then in 2 min, then the turn is dead", () => {
    let turn = fail(claim(ready), T0, "busy");
    expect([turn.state, turn.notBeforeAt - T0]).toEqual(["ready", 30_000]);
    turn = fail(claim(turn), T0, "busy");
    expect([turn.state, turn.notBeforeAt - T0]).toEqual(["ready", 120_000]);
    turn = fail(claim(turn), T0, "busy");
    expect(turn.state).toBe("dead");
  });

  test("a new message asks again at once instead of waiting for the retry", () => {
    const failed = fail(claim(ready), T0 + 200, "busy");
    const heard = hear(failed, announces("nothing"), T0 + 2_000, DEFAULT_WAITS);
    expect(heard.turn).toMatchObject({ state: "gathering", hold: null, notBeforeAt: 0 });
    expect(dueMs(heard.turn)).toBe(2_100);
  });

  test("a wait for nothing is wasted, but not the shortest one because the machine ended it late", () => {
    const plain = after([[0, announces("nothing")]]);
    expect(isWasted(close(plain, T0 + 250, "due"), DEFAULT_WAITS)).toBe(false);
    const announced = after([[0, announces("image")]]);
    expect(isWasted(close(announced, T0 + 8_000, "due"), DEFAULT_WAITS)).toBe(true);
  });

  test("a shutdown gives the claim back, a crash does not", () => {
    expect(giveBack(claim(ready))).toMatchObject({ state: "ready", claims: 0 });
    expect(recoverTurn(claim(ready))).toMatchObject({ state: "ready", claims: 1 });
  });

  test("three claims are the end of a turn that kills its worker", () => {
    expect(hopeless({ ...ready, claims: 2 }, T0 + 1_000)).toBeNull();
    expect(hopeless({ ...ready, claims: 3 }, T0 + 1_000)).toContain("3 attempts");
  });

  test("an answer that was apologised for is given up after 10 minutes, any other after 6 hours", () => {
    expect(hopeless({ ...ready, failures: 1 }, T0 + 601_000)).not.toBeNull();
    expect(hopeless(ready, T0 + 601_000)).toBeNull();
    expect(hopeless(ready, T0 + 6 * 3_600_000 + 1)).not.toBeNull();
  });
});
