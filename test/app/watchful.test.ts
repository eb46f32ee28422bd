import { expect, test } from "bun:test";
import { watchful } from "../../src/app/watchful.ts";
import type { SendOutcome } from "../../src/core/delivery.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { Alarms } from "../../src/events/alarms.ts";
import { PAGE, T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";
import { busy, Stage } from "../workers/stage.ts";

const REFUSED: SendOutcome = { kind: "request", reason: "Graph error 100 (HTTP 400)" };
const BAD_TOKEN: SendOutcome = { kind: "account", reason: "Graph error 190 (HTTP 400)" };
const STOPPED: SendOutcome = { kind: "policy", reason: "Graph error 368 (HTTP 400)" };

type Alarm = Extract<BotEvent, { type: "alarm" }>;

/** The alarms that follow from what a bot told, all told at one moment. */
async function alarmsFrom(events: readonly BotEvent[]): Promise<Alarm[]> {
  const told: BotEvent[] = [];
  const alarms = new Alarms(new VirtualClock(T0), (event) => told.push(event));
  events.forEach(watchful(alarms));
  await Promise.resolve();
  alarms.stop();
  return told.filter((event): event is Alarm => event.type === "alarm");
}

/** Somebody new asks. */
async function ask(bot: Stage, contact: string): Promise<void> {
  await bot.hears({ contact, text: "cảm ơn shop nhiều nhé" });
  await bot.pass(200);
}

test("R11 a dead token is one alarm, however many replies it stops", async () => {
  await using bot = await Stage.open();
  bot.channel.next.push(BAD_TOKEN);
  for (const contact of ["1", "2", "3"]) await ask(bot, contact);
  expect(await alarmsFrom(bot.events)).toMatchObject([
    {
      cause: `account:messenger:${PAGE}`,
      count: 1,
      message: `the token of messenger account ${PAGE} is refused (account: Graph error 190 (HTTP 400)), and what it owes waits: give it a new one with \`botctl accounts set-token ${PAGE} --token-file FILE\``,
    },
  ]);
});

test("R11 an account that the platform told to stop is one alarm", async () => {
  await using bot = await Stage.open();
  bot.channel.next.push(STOPPED);
  for (const contact of ["1", "2"]) await ask(bot, contact);
  const alarms = await alarmsFrom(bot.events);
  expect(alarms.map(({ cause }) => cause)).toEqual([`account:messenger:${PAGE}`]);
  expect(alarms[0]?.message).toContain("told account 1017 to stop");
});

test("R11 dead replies of an account are one alarm that says where to look, and is told again with their number", async () => {
  const clock = new VirtualClock(T0);
  const told: BotEvent[] = [];
  const alarms = new Alarms(clock, (event) => told.push(event));
  await using bot = await Stage.open();
  bot.channel.next.push(REFUSED, REFUSED, REFUSED);
  for (const contact of ["1", "2", "3"]) await ask(bot, contact);
  bot.events.forEach(watchful(alarms));
  await clock.advance(60_000);
  alarms.stop();
  expect(told.map((event) => (event.type === "alarm" ? [event.cause, event.count] : null))).toEqual([
    [`dead:${PAGE}`, 1],
    [`dead:${PAGE}`, 2],
  ]);
  expect(JSON.stringify(told[0])).toContain("botctl retry list --state dead");
});

test("R11 a reply that came too late is an alarm that says how it can still be sent", async () => {
  await using bot = await Stage.open();
  bot.channel.next.push({ kind: "window", reason: "Graph error 10/2018278 (HTTP 400)" });
  await ask(bot, "1");
  const [alarm] = await alarmsFrom(bot.events);
  expect(alarm?.message).toContain("botctl retry list --state expired");
  expect(alarm?.message).toContain("botctl retry flush --force");
});

test("R11 a question that was given up is an alarm", async () => {
  await using bot = await Stage.open();
  bot.agent.next.push(busy, busy, busy);
  await ask(bot, "1");
  await bot.pass(200_000);
  expect((await alarmsFrom(bot.events)).map(({ cause }) => cause)).toContain(`dead:${PAGE}`);
});

test("R11 an open breaker is an alarm, the probes and the failures before are none", async () => {
  await using bot = await Stage.open();
  for (let n = 0; n < 5; n++) bot.channel.next.push({ kind: "unsent", reason: "no route" });
  await ask(bot, "1");
  await bot.pass(10_000);
  expect(await alarmsFrom(bot.events)).toEqual([]);
  await bot.pass(10_000);
  const alarms = await alarmsFrom(bot.events);
  expect(alarms.map(({ cause }) => cause)).toEqual([`breaker:messenger:${PAGE}`]);
  await bot.pass(60_000);
  expect(bot.replies().length).toBe(1);
  expect((await alarmsFrom(bot.events)).length).toBe(1);
});

test("what goes well, or is tried again, is no alarm", async () => {
  await using bot = await Stage.open();
  bot.channel.next.push({ kind: "unsent", reason: "no route" });
  await ask(bot, "1");
  await bot.pass(5_000);
  expect(bot.replies().length).toBe(1);
  expect(await alarmsFrom(bot.events)).toEqual([]);
});
