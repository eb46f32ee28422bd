import { expect, test } from "bun:test";
import { Failures } from "../../src/http/failures.ts";

function counting(): {
  at: (ms: number) => void;
  told: (address: string, times: number) => number;
  tooMany: () => number;
} {
  let now = 0;
  let beyond = 0;
  const failures = new Failures(
    () => now,
    () => (beyond += 1),
  );
  return {
    at: (ms) => (now = ms),
    told: (address, times) => Array.from({ length: times }, () => failures.count(address)).filter(Boolean).length,
    tooMany: () => beyond,
  };
}

test("S4 ten failures of an address are told in a minute, the others counted as too many", () => {
  const { told, tooMany } = counting();
  expect([told("a", 500), tooMany()]).toEqual([10, 490]);
  expect(told("b", 3)).toBe(3);
});

test("S4 the next minute begins anew", () => {
  const { at, told } = counting();
  told("a", 500);
  at(59_999);
  expect(told("a", 1)).toBe(0);
  at(60_000);
  expect(told("a", 500)).toBe(10);
});

test("S4 many addresses together are told a hundred times", () => {
  const { told } = counting();
  const all = Array.from({ length: 5_000 }, (_, n) => told(`address ${n}`, 5));
  expect(all.reduce((sum, n) => sum + n)).toBe(100);
});
