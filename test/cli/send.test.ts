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

test("M8 a broadcast shows how far it is and ends with what became of it; not everybody is exit 7", async () => {
  const counts = { waiting: 0, pending: 0, sent: 0, failed: 0, refused: 0, stopped: 0, gone: 0 };
  let looks = 0;
  await using api = playApi({
    "POST /api/integrations/messenger/broadcast": () =>
      Response.json({ id: 3, recipients: { ...counts, waiting: 2 } }, { status: 202 }),
    "GET /api/broadcasts/3": () => {
      looks += 1;
      const far = looks === 1 ? { waiting: 1, sent: 1 } : { sent: 1, refused: 1 };
      return Response.json({ id: 3, recipients: { ...counts, ...far } });
    },
  });
  const people = `${api.dataDir}/people.txt`;
  await Bun.write(people, "# friends\n42\n\n43 \n42\n");
  const { botctl, out, err } = stage();
  const words = ["send", "messenger", "--to-file", people, "--key", "sale", "Chào", "--data-dir", api.dataDir];
  expect(await botctl(...words)).toBe(7);
  expect(api.asked[0]?.body).toEqual({ recipient_ids: ["42", "43"], text: "Chào", key: "sale" });
  expect(out()).toBe("broadcast 3: 1 sent, 1 refused\n");
  expect(err()).toContain("Not everybody got it; 1 did.");
});

test("a broadcast to nobody, or with a recipient beside its file, is refused before anything is sent", async () => {
  expect(await stage().botctl("send", "messenger", "--to-file", "/nowhere", "Chào")).toBe(2);
  expect(await stage().botctl("send", "messenger", "42", "Chào", "--to-file", "/dev/null")).toBe(2);
  expect(await stage().botctl("send", "messenger", "--to-file", "/dev/null", "Chào")).toBe(2);
  expect(await stage().botctl("send", "messenger", "42")).toBe(2);
});

test("nothing is no text, and a channel that is none is refused", async () => {
  expect(await stage().botctl("send", "messenger", "42", "  ")).toBe(2);
  expect(await stage().botctl("send", "messenger", "42", "-")).toBe(2);
  const { botctl, err } = stage();
  expect(await botctl("send", "zalo", "42", "Chào")).toBe(2);
  expect(err()).toContain("Allowed choices are messenger, telegram.");
});
