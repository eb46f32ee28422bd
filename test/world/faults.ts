import type { DeliveryPolicy } from "../../src/core/delivery.ts";
import type { Rolls } from "./random.ts";

/** When the platform shows the page its own messages: always well within the grace, sometimes after it, or not always. */
export type EchoHabit = "prompt" | "late" | "lost";

/**
 * What goes wrong in one world. Each seed switches on a random part of it (a swarm): some faults hide what others show.
 * Numbers are probabilities for each opportunity unless they say otherwise.
 */
export interface Swarm {
  readonly echoes: EchoHabit;
  /** Echoes that come before the answer to the call they echo. */
  readonly earlyEcho: number;
  /** At each step of the scheduler. */
  readonly crash: number;
  /** Right after the platform accepted a message and before it answered. */
  readonly crashInCall: number;
  /** Deaths and stops in one world at most. */
  readonly mostDeaths: number;
  /** Of the deaths: those that are an orderly stop. */
  readonly orderly: number;
  /** A message that kills the process whenever the agent is asked about it. */
  readonly poison: number;
  readonly lostAnswer: number;
  readonly lateAcceptance: number;
  readonly serverError: number;
  readonly throttle: number;
  readonly reset: number;
  /** Calls refused for what is in them. */
  readonly refusal: number;
  /** The account loses its token, or is told to stop, until an operator mends it. */
  readonly accountTrouble: number;
  /** People who have blocked the page, but go on writing. */
  readonly blocked: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Steps of the wall clock, at random moments and while the process is down. */
  readonly clockJumps: number;
  /** Verbs of the store that are refused, as by a full disk. */
  readonly storage: number;
  readonly slowAgent: number;
  readonly failingAgent: number;
  /** An agent that answers although it was told to stop. */
  readonly stubbornAgent: number;
  readonly humans: number;
  readonly corrections: number;
  /** On Telegram, for each thing said: whoever said it blocks the bot soon after. */
  readonly blocks: number;
  /** After all is quiet: a day passes, and an operator flushes what was given up. */
  readonly dayPasses: boolean;
  /** How long a runnable step may be kept waiting, ms. */
  readonly lagMs: number;
  /** How often there is a pause before and after a verb of the store in which others, or a crash, may come. */
  readonly gates: number;
  /** Turns answered in any minute; null for no limit. */
  readonly perUserPerMinute: number | null;
  readonly concurrency: number;
  /** Calls of the user service that go wrong in one way or another. */
  readonly serviceTrouble: number;
  /** What the bot does when an outcome stays unknown after the grace. */
  readonly ambiguous: DeliveryPolicy["ambiguous"];
}

export function swarmOf(rolls: Rolls): Swarm {
  const some = (probability: number, share = 0.35): number => (rolls.chance(share) ? probability : 0);
  const echoes = rolls.pick<EchoHabit>(["prompt", "prompt", "late", "lost"]);
  return {
    echoes,
    earlyEcho: some(0.4),
    crash: some(0.006, 0.5),
    crashInCall: some(0.2, 0.4),
    mostDeaths: rolls.between(1, 5),
    orderly: some(0.5, 0.5),
    poison: some(0.06, 0.15),
    lostAnswer: some(0.2, 0.45),
    lateAcceptance: some(0.1),
    serverError: some(0.2),
    throttle: some(0.15),
    reset: some(0.2),
    refusal: some(0.08, 0.2),
    accountTrouble: some(0.04, 0.2),
    blocked: some(0.7, 0.2),
    duplicate: some(0.25, 0.5),
    reorder: some(0.3, 0.5),
    clockJumps: some(0.8, 0.45),
    storage: some(0.02, 0.15),
    slowAgent: some(0.25),
    failingAgent: some(0.3, 0.25),
    stubbornAgent: some(0.5),
    humans: some(0.08, 0.25),
    corrections: some(0.15, 0.3),
    dayPasses: rolls.chance(0.2),
    lagMs: rolls.pick([0, 5, 40, 300]),
    gates: rolls.pick([0.1, 0.4, 0.8]),
    perUserPerMinute: rolls.chance(0.25) ? rolls.between(1, 3) : null,
    concurrency: rolls.pick([1, 2, 32]),
    ambiguous: rolls.chance(0.2) ? "hold" : "resend-once",
    serviceTrouble: some(0.5, 0.6),
    blocks: some(0.08, 0.4),
  };
}

/** The same world once nothing goes wrong any more; its habits stay. */
export function calm(swarm: Swarm): Swarm {
  const { echoes, earlyEcho, mostDeaths, dayPasses, lagMs, gates, perUserPerMinute, concurrency, ambiguous } = swarm;
  const habits = { echoes, earlyEcho, mostDeaths, dayPasses, lagMs, gates, perUserPerMinute, concurrency, ambiguous };
  return {
    ...habits,
    crash: 0,
    crashInCall: 0,
    orderly: 0,
    poison: 0,
    lostAnswer: 0,
    lateAcceptance: 0,
    serverError: 0,
    throttle: 0,
    reset: 0,
    refusal: 0,
    accountTrouble: 0,
    blocked: 0,
    duplicate: 0,
    reorder: 0,
    clockJumps: 0,
    storage: 0,
    slowAgent: 0,
    failingAgent: 0,
    stubbornAgent: 0,
    humans: 0,
    corrections: 0,
    blocks: 0,
    serviceTrouble: 0,
  };
}
