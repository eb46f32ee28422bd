import { expect, test } from "bun:test";
import { Rest } from "../../src/app/rest.ts";
import { T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

/** A rest that says when it tidied up, in ms after the start. */
function aRest() {
  const clock = new VirtualClock(T0);
  const tidied: number[] = [];
  return { clock, tidied, rest: new Rest(clock, () => tidied.push(clock.now() - T0)) };
}

test("a server that nobody writes to tidies up half a second after its start, once", async () => {
  const { clock, tidied } = aRest();
  await clock.advance(60_000);
  expect(tidied).toEqual([500]);
});

test("a server that is written to waits for a quiet moment", async () => {
  const { clock, tidied, rest } = aRest();
  await clock.advance(250);
  for (let stirs = 0; stirs < 20; stirs++) {
    rest.stir();
    await clock.advance(150);
  }
  expect(tidied).toEqual([]);
  await clock.advance(60_000);
  expect(tidied).toEqual([250 + 19 * 150 + 200]);
});

test("a server that was stopped does not tidy up", async () => {
  const { clock, tidied, rest } = aRest();
  rest.stop();
  await clock.advance(1_000);
  const late = aRest();
  await late.clock.advance(400);
  late.rest.stir();
  await late.clock.advance(150);
  late.rest.stop();
  await late.clock.advance(1_000);
  expect([...tidied, ...late.tidied]).toEqual([]);
  expect(late.clock.armed).toBe(0);
});
