import { expect, test } from "bun:test";
import { playApi, problem, stage } from "./stage.ts";

const at = Date.UTC(2026, 0, 1);
const row = {
  id: 12,
  channel: "telegram",
  account: "7",
  contact: "6789",
  name: "Hằng\u001b[2J",
  state: "human",
  human_until_at: at,
  last_at: at,
  turn: null,
};

test("takeover asks for the hours given, else leaves them to the server, and says how to give it back", async () => {
  await using api = playApi({ "POST /api/conversations/12/takeover": () => Response.json(row) });
  const { botctl, out, err } = stage();
  expect(await botctl("conversations", "takeover", "12", "--hours", "0.5", "--data-dir", api.dataDir)).toBe(0);
  expect(await stage().botctl("conversations", "takeover", "12", "--data-dir", api.dataDir)).toBe(0);
  expect(api.asked.map(({ body }) => body)).toEqual([{ hours: 0.5 }, {}]);
  expect(out()).toBe("conversation 12 with Hằng\\u001b[2J is yours until 2026-01-01T00:00:00.000Z\n");
  expect(err()).toContain("`botctl conversations release 12`");
});

test.each(["0", "-1", "1e3", "soon", "8785"])("takeover --hours %s is no time", async (hours) => {
  const { botctl, err } = stage();
  expect(await botctl("conversations", "takeover", "12", `--hours=${hours}`)).toBe(2);
  expect(err()).toContain("a number of hours above 0");
});

test("release gives it back, and says whether anybody can be answered", async () => {
  let state = "bot";
  await using api = playApi({
    "POST /api/conversations/12/release": () => Response.json({ ...row, state, human_until_at: null }),
  });
  const one = stage();
  expect(await one.botctl("conversations", "release", "12", "--data-dir", api.dataDir)).toBe(0);
  expect([one.out(), one.err()]).toEqual([
    "conversation 12 with Hằng\\u001b[2J is the bot's again\n",
    "It answers from the next message on.\n",
  ]);
  state = "blocked";
  const two = stage();
  await two.botctl("conversations", "release", "12", "--data-dir", api.dataDir);
  expect(two.err()).toContain("until they write again");
});

test("reply sends the words given, or those that stdin holds", async () => {
  await using api = playApi({ "POST /api/conversations/12/reply": () => Response.json({ message_id: "m_1" }) });
  const one = stage();
  expect(await one.botctl("conversations", "reply", "12", "Em chào chị", "--data-dir", api.dataDir)).toBe(0);
  expect(one.out()).toBe("sent m_1\n");
  const two = stage({ typed: ["dòng một", "dòng hai", ""] });
  expect(await two.botctl("conversations", "reply", "12", "-", "--json", "--data-dir", api.dataDir)).toBe(0);
  expect(JSON.parse(two.out())).toEqual({ ok: true, data: { state: "sent", message_id: "m_1" } });
  expect(api.asked.map(({ body }) => body)).toEqual([{ text: "Em chào chị" }, { text: "dòng một\ndòng hai" }]);
});

test("reply says when it could not go out at once", async () => {
  await using api = playApi({
    "POST /api/conversations/12/reply": () => Response.json({ delivery_id: "d-1" }, { status: 202 }),
  });
  const { botctl, out, err } = stage();
  expect(await botctl("conversations", "reply", "12", "Em chào chị", "--data-dir", api.dataDir)).toBe(0);
  expect(out()).toBe("waiting d-1\n");
  expect(err()).toContain("The server tries again by itself");
});

test("what cannot be done is told with its code", async () => {
  await using api = playApi({
    "POST /api/conversations/12/reply": () =>
      problem(409, "window_closed", "Too late.", "Wait for the person to write."),
  });
  const at = ["--data-dir", api.dataDir];
  expect(await stage().botctl("conversations", "reply", "12", "hi", ...at)).toBe(1);
  const { botctl, out } = stage();
  expect(await botctl("conversations", "takeover", "13", "--json", ...at)).toBe(6);
  expect(JSON.parse(out()).error).toEqual({
    code: "not_found",
    message: "There is no such entry.",
    fix: "See `botctl conversations list`.",
  });
  expect(await stage().botctl("conversations", "reply", "12", " ", ...at)).toBe(2);
});
