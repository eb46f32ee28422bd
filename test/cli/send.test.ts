import { expect, test } from "bun:test";
import { sendCommand } from "../../cli/commands/send.ts";
import { playApi, problem, stage } from "./stage.ts";

const SEND = "POST /api/integrations/messenger/send";

test("flags become options", async () => {
  const calls: unknown[] = [];
  const command = sendCommand(stage().context, (options) => Promise.resolve(void calls.push(options)));
  await command.parseAsync(["telegram", "42", "Chào bạn", "--account", "7"], { from: "user" });
  expect(calls).toEqual([{ channel: "telegram", recipient: "42", text: "Chào bạn", account: "7" }]);
});

test("a text that went out is reported with the platform's id", async () => {
  await using api = playApi({ [SEND]: () => Response.json({ recipient_id: "42", message_id: "m_1" }) });
  const { botctl, out } = stage();
  expect(await botctl("send", "messenger", "42", "Chào bạn", "--json", "--data-dir", api.dataDir)).toBe(0);
  expect(JSON.parse(out())).toEqual({ ok: true, data: { state: "sent", recipient_id: "42", message_id: "m_1" } });
  expect(api.asked[0]?.body).toEqual({ recipient_id: "42", text: "Chào bạn" });
});

test("a text that waits is no failure, and the person is told that it waits", async () => {
  await using api = playApi({ [SEND]: () => Response.json({ delivery_id: "d-1" }, { status: 202 }) });
  const { botctl, out, err } = stage();
  expect(await botctl("send", "messenger", "42", "Chào", "--data-dir", api.dataDir)).toBe(0);
  expect(out()).toBe("waiting d-1\n");
  expect(err()).toContain("The server tries again by itself");
});

test("a text may come from a pipe", async () => {
  await using api = playApi({ [SEND]: () => Response.json({ recipient_id: "42", message_id: "m_1" }) });
  const { botctl } = stage({ typed: ["Dòng một", "Dòng hai", ""] });
  expect(await botctl("send", "messenger", "42", "-", "--account", "7", "--data-dir", api.dataDir)).toBe(0);
  expect(api.asked[0]?.body).toEqual({ recipient_id: "42", text: "Dòng một\nDòng hai", account: "7" });
});

test.each([
  [409, "window_closed", 1],
  [422, "account_ambiguous", 2],
])("a refusal with %i (%s) exits %i and says what to do", async (status, code, exit) => {
  await using api = playApi({ [SEND]: () => problem(status, code, "Too late.", "Wait for the person to write.") });
  const { botctl, err } = stage();
  expect(await botctl("send", "messenger", "42", "Chào", "--data-dir", api.dataDir)).toBe(exit);
  expect(err()).toBe("error: Too late.\nfix: Wait for the person to write.\n");
});

test("nothing is no text, and a channel that is none is refused", async () => {
  expect(await stage().botctl("send", "messenger", "42", "  ")).toBe(2);
  expect(await stage().botctl("send", "messenger", "42", "-")).toBe(2);
  const { botctl, err } = stage();
  expect(await botctl("send", "zalo", "42", "Chào")).toBe(2);
  expect(err()).toContain("Allowed choices are messenger, telegram.");
});
