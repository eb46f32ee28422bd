import { expect, test } from "bun:test";
import { Tidying } from "../../src/app/tidying.ts";
import { T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

/** One that says when it tidied up, in ms after the start. */
function aTidying() {
  const clock = new VirtualClock(T0);
  const tidied: number[] = [];
  return { clock, tidied, tidying: new Tidying(clock, () => tidied.push(clock.now() - T0)) };
}

test("a server that nobody writes to tidies up half a second after its start, once", async () => {
  const { clock, tidied } = aTidying();
  await clock.advance(60_000);
  expect(tidied).toEqual([500]);
});

test("a server that is written to waits for a quiet moment", async () => {
  const { clock, tidied, tidying } = aTidying();
  await clock.advance(250);
  for (let stirs = 0; stirs < 20; stirs++) {
    tidying.stir();
    await clock.advance(150);
  }
  expect(tidied).toEqual([]);
  await clock.advance(60_000);
  expect(tidied).toEqual([250 + 19 * 150 + 200]);
});

test("a server that was stopped does not tidy up", async () => {
  const { clock, tidied, tidying } = aTidying();
  tidying.stop();
  await clock.advance(1_000);
  const late = aTidying();
  await late.clock.advance(400);
  late.tidying.stir();
  await late.clock.advance(150);
  late.tidying.stop();
  await late.clock.advance(1_000);
  expect([...tidied, ...late.tidied]).toEqual([]);
  expect(late.clock.armed).toBe(0);
});
