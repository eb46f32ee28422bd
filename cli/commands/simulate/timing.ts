/** Whose time a run lives by, and who writes in it: by chance, or by a seed always the same. */
import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { SandboxOptions } from "../../local/sandbox.ts";

export interface TimeFlags {
  readonly contact?: string | undefined;
  readonly seed?: number | undefined;
  /** When the platform says that it begins, epoch ms; with a seed a fixed day when left out. */
  readonly start?: number | "now" | undefined;
  readonly speed?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/** 1 January 2026, 08:00 in Vietnam: as good as any other, and always the same. */
const SEEDED_START = Date.UTC(2026, 0, 1, 1);
/** Ports that systems do not hand out by themselves. */
const [FIRST_PORT, PORTS] = [20_000, 10_000];
const TIMEOUT_MS = 30_000;
/** In fast time a busy machine's second is many. */
const FAST_TIMEOUT_MS = 180_000;

/**
 * When each scenario begins by the platform's time, epoch ms; null for when it does. The same for all of a run: how long one
 * takes differs from run to run, and the bytes of the next must not.
 */
export function startOf({ seed, start }: TimeFlags): number | null {
  if (start === "now") return null;
  return start ?? (seed === undefined ? null : SEEDED_START);
}

/** The time of a sandbox of our own; null for the machine's. */
export function sandboxTime(flags: TimeFlags, clock: Clock): SandboxOptions["time"] {
  const { seed, speed = 1 } = flags;
  const startAt = startOf(flags);
  if (startAt === null && speed === 1) return null;
  return { speed, startAt: startAt ?? clock.now(), mediaPort: seed === undefined ? null : FIRST_PORT + (seed % PORTS) };
}

export function timeoutOf({ timeoutMs, speed = 1 }: TimeFlags): number {
  return timeoutMs ?? (speed > 1 ? FAST_TIMEOUT_MS : TIMEOUT_MS);
}

/** A new contact for each scenario, so that one does not wait for another's turn; by a seed, always the same ones. */
export function contactOf({ contact, seed }: TimeFlags, index: number): string {
  if (contact !== undefined) return contact;
  const random = seed === undefined ? randomBytes(16) : createHash("sha256").update(`${seed}:${index}`).digest();
  return `sim-${random.toString("hex").slice(0, 12)}`;
}

/** @throws Fault `usage` */
export function refuseRealContact(contact: string | undefined): void {
  if (contact === undefined || contact.startsWith("sim-")) return;
  throw new Fault(
    "usage",
    "A simulated contact begins with sim-; to anybody else the replies would be sent.",
    "Write it like --contact sim-lan.",
  );
}
