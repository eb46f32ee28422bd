import { expect, test } from "bun:test";
import { FIRST_SIMULATED_CHAT, isSimulated } from "../../src/core/conversation.ts";

test.each([
  ["sim-lan", true, false],
  ["sim-", true, false],
  ["6789012345678901", false, true],
  [String(FIRST_SIMULATED_CHAT), false, true],
  [String(FIRST_SIMULATED_CHAT - 1), false, false],
  [String(-FIRST_SIMULATED_CHAT), false, true],
  ["-1001234567890", false, false],
  ["5550001", false, false],
  ["@tiem_hoa", false, false],
  ["4503599627370496x", false, false],
])("%s is nobody on Messenger: %p, on Telegram: %p", (contact, onMessenger, onTelegram) => {
  expect(isSimulated({ channel: "messenger", contact })).toBe(onMessenger);
  expect(isSimulated({ channel: "telegram", contact })).toBe(onTelegram);
});

test("the largest simulated chat still goes through JSON as it is", () => {
  const last = 2 ** 53 - 1;
  expect(JSON.parse(JSON.stringify({ id: last }))).toEqual({ id: last });
  expect(isSimulated({ channel: "telegram", contact: String(last) })).toBe(true);
});
