import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SendOutcome } from "../../src/core/delivery.ts";
import { anAttachment } from "../helpers/parts.ts";
import { anUpdate } from "../helpers/updates.ts";
import { APOLOGY, busy, Stage, told } from "./stage.ts";

const SAID = [
  "xem ảnh này giúp mình",
  "áo này còn không?",
  "mình muốn mua áo và",
  "cảm ơn shop nhiều nhé",
  "gửi bạn file đính kèm",
  "",
];

const troubles = fc.constantFrom<SendOutcome>(
  { kind: "sent", messageId: "mid.ok" },
  { kind: "unsent", reason: "no route" },
  { kind: "unlikely", reason: "500" },
  { kind: "throttled", afterMs: 3_000, reason: "429" },
);

const schedule = fc.record({
  messages: fc.array(
    fc.record({
      gapMs: fc.integer({ min: 0, max: 4_000 }),
      contact: fc.constantFrom("a", "b", "c"),
      said: fc.constantFrom(...SAID),
      copies: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  thinkMs: fc.constantFrom(0, 700, 4_000),
  /** At most two in all, so that no turn is given up. */
  failures: fc.array(fc.boolean(), { maxLength: 2 }),
  sends: fc.array(troubles, { maxLength: 6 }),
});

describe("the running bot under any schedule", () => {
  test("G4 G7 G8 every message is in exactly one answer, and every answer is sent once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async ({ messages, thinkMs, failures, sends }) => {
        await using bot = await Stage.open();
        bot.agent.thinkMs = thinkMs;
        bot.agent.next.push(...failures.map((fails) => (fails ? busy : told)));
        bot.channel.next.push(...sends);
        for (const [index, { gapMs, contact, said, copies }] of messages.entries()) {
          await bot.pass(gapMs);
          // Each message can be told apart in the answers: a text by its number, a photo by its place.
          const attachments = said === "" ? [anAttachment()] : [];
          const update = anUpdate({
            contact,
            text: said === "" ? "" : `#${index}# ${said}`,
            attachments,
            at: bot.clock.now(),
          });
          for (let copy = 0; copy < copies; copy++) await bot.takes(update);
        }
        await bot.pass(15 * 60_000);

        const answers = bot.channel.sent.filter(({ text }) => text !== APOLOGY);
        const numbers = (contact?: string): number[] =>
          answers
            .filter((answer) => contact === undefined || answer.contact === contact)
            .flatMap(({ text }) => [...text.matchAll(/#(\d+)#/g)].map(([, number]) => Number(number)));
        const texts = messages.flatMap(({ said }, index) => (said === "" ? [] : [index]));
        expect(numbers().toSorted((a, b) => a - b)).toEqual(texts);
        for (const contact of ["a", "b", "c"])
          expect(numbers(contact)).toEqual(numbers(contact).toSorted((a, b) => a - b));
        const photos = answers.reduce((count, { text }) => count + (text.match(/\[image\]/g)?.length ?? 0), 0);
        expect(photos).toBe(messages.length - texts.length);
        expect(await bot.store.depths()).toEqual({
          gathering: 0,
          ready: 0,
          running: 0,
          pending: 0,
          ambiguous: 0,
          parked: 0,
          dead: 0,
        });
        expect([bot.errors, bot.clock.armed]).toEqual([[], 0]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
