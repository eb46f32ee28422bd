import { describe, expect, test } from "bun:test";
import type { QuestionPart } from "../../src/core/agent.ts";
import { commandIn, replyTo } from "../../src/core/commands.ts";
import { languageOfLocale } from "../../src/core/language.ts";

const part = (text: string, payload: string | null = null, attachments: QuestionPart["attachments"] = []) => ({
  text,
  payload,
  attachments,
  at: 0,
});

describe("commands that the bot answers itself", () => {
  test.each([
    ["/start", "start"],
    ["/help", "help"],
    ["/Reset ", "reset"],
  ] as const)("%j is one, tapped or typed", (words, command) => {
    expect(commandIn([part(words, words)])).toBe(command);
    expect(commandIn([part(words)])).toBe(command);
  });

  test("the bot's name behind it stays in the title and out of the payload", () => {
    expect(commandIn([part("/help@Tiem_Hoa_bot", "/help")])).toBe("help");
  });

  test.each([
    ["a deep link, whose words mean something to the agent", [part("/start qr-17", "/start qr-17")]],
    ["a command of the agent's own", [part("/prices", "/prices")]],
    ["words around it", [part("gõ /help hả shop")]],
    ["the word alone", [part("help")]],
    ["one part of several", [part("/help"), part("giá sao ạ")]],
    ["a caption", [part("/help", null, [{ kind: "image", url: null, title: null }])]],
    ["nothing", []],
  ])("%s is for the agent", (_, parts) => {
    expect(commandIn(parts)).toBeNull();
  });

  test.each(["start", "help", "reset"] as const)("/%s has an answer in both languages", (command) => {
    const [vi, en] = [replyTo(command, "vi").text, replyTo(command, "en").text];
    expect([vi.length > 20, en.length > 20, vi === en]).toEqual([true, true, false]);
  });

  test("/help names all of them", () => {
    for (const language of ["vi", "en"] as const)
      for (const command of ["/start", "/help", "/reset"]) expect(replyTo("help", language).text).toContain(command);
  });
});

test.each([
  ["vi", "vi"],
  ["vi-VN", "vi"],
  ["VI", "vi"],
  ["en-GB", "en"],
  ["vietglish", "en"],
  ["fr", "en"],
] as const)("an app set to %s is spoken to in %s", (locale, language) => {
  expect(languageOfLocale(locale)).toBe(language);
});
