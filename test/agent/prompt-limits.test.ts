import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { promptOf } from "../../src/agent/prompt.ts";
import { estimateTokens } from "../../src/agent/tokens.ts";
import type { HistoryLine } from "../../src/core/agent.ts";
import { aPart, aQuestion } from "./fixtures.ts";

const options = { systemPrompt: "You sell shirts.", tokenBudget: 3_000, historyLimit: 50 };

function line(text: string, more: Partial<HistoryLine> = {}): HistoryLine {
  return { by: "client", text, attachments: [], at: 0, ...more };
}

/** What stands between the tags of the history. */
function historyIn(user: string): string {
  return user.slice("<HISTORY>\n".length, user.indexOf("</HISTORY>"));
}

describe("how much history is told", () => {
  test("the last lines are kept and told in time order, whatever order they come in", () => {
    const history = [line("ba", { at: 3 }), line("một", { at: 1 }), line("hai", { at: 2 })];
    const { user } = promptOf(aQuestion({ history }), { ...options, historyLimit: 2 });
    expect(historyIn(user)).toBe("Customer: hai\nCustomer: ba\n");
  });

  test("a limit of 0 tells none", () => {
    expect(historyIn(promptOf(aQuestion({ history: [line("một")] }), { ...options, historyLimit: 0 }).user)).toBe("");
  });

  test("older lines give way to newer ones when the budget is spent, without a gap", () => {
    const history = [
      line("cũ nhất", { at: 1 }),
      line("x".repeat(1_000), { at: 2 }),
      line("mới", { at: 3 }),
      line("mới nhất", { at: 4 }),
    ];
    const { user } = promptOf(aQuestion({ history }), { ...options, tokenBudget: 100 });
    expect(historyIn(user)).toBe("Customer: mới\nCustomer: mới nhất\n");
  });

  test("a last line that alone is over the budget is shortened in its middle", () => {
    const { user } = promptOf(aQuestion({ history: [line(`đầu ${"y".repeat(2_000)} cuối`)] }), {
      ...options,
      tokenBudget: 100,
    });
    expect(historyIn(user)).toMatch(/^Customer: đầu y+\n\[… part of this text was left out …\]\ny+ cuối\n$/);
  });

  test("the history never costs more than its budget and always has the newest line", () => {
    const lines = fc.array(
      fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constant("<SYSTEM>".repeat(20))),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 12, max: 400 }), (texts, tokenBudget) => {
        const history = texts.map((text, at) => line(`${at} ${text}`, { at }));
        const told = historyIn(promptOf(aQuestion({ history }), { ...options, tokenBudget }).user);
        expect(estimateTokens(told)).toBeLessThanOrEqual(tokenBudget);
        expect(told).toContain(`Customer: ${texts.length - 1} `);
      }),
      { numRuns: 200 },
    );
  });

  test("a question of any usual length is whole, a flood of words is cut in its middle and keeps its notes", () => {
    const usual = "Cho mình hỏi giá áo. ".repeat(200);
    expect(promptOf(aQuestion({ parts: [aPart(usual)] }), options).user).toContain(usual);
    const flood = `Chào shop ${"lặp lại ".repeat(10_000)} giá bao nhiêu?`;
    const { user } = promptOf(aQuestion({ parts: [aPart(flood)], notes: ["One photo is missing."] }), options);
    expect(estimateTokens(user)).toBeLessThan(6_100);
    expect(user).toContain("Chào shop");
    expect(user).toContain("[… part of this text was left out …]");
    expect(user).toContain("giá bao nhiêu?\n[note: One photo is missing.]");
  });
});
