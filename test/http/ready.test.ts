import { expect, test } from "bun:test";
import { remembered } from "../../src/http/ready.ts";

test("readiness is found out once a second, however many ask", async () => {
  let now = 0;
  let looks = 0;
  const ready = remembered(
    async () => `look ${++looks}`,
    () => now,
  );
  expect(await Promise.all([ready(), ready(), ready()])).toEqual(["look 1", "look 1", "look 1"]);
  now = 999;
  expect(await ready()).toBe("look 1");
  now = 1_000;
  expect(await ready()).toBe("look 2");
});

test("while a look takes long, all wait for it together", async () => {
  let now = 0;
  const looks: ((verdict: null) => void)[] = [];
  const ready = remembered(
    () => new Promise<null>((resolve) => looks.push(resolve)),
    () => now,
  );
  const first = ready();
  now = 3_000;
  const second = ready();
  expect(looks).toHaveLength(1);
  looks[0]?.(null);
  expect(await Promise.all([first, second])).toEqual([null, null]);
});
