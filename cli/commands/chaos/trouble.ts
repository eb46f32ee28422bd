/** How the platform takes the bot's replies: never at once, and some of them badly. */
import type { Chance } from "../../../src/core/clock.ts";
import type { Victim } from "../../local/chaos.ts";
import { between, weighted } from "./chance.ts";

type Faults = Victim["internet"]["faults"];
type Fault = Parameters<Faults["inject"]>[1];
/** Where bots send: Graph's endpoint, or Telegram's. */
type Endpoint = "messages" | "sendMessage";

/** A call takes this long, so that each kill cuts calls that were done but not yet answered. */
const USUAL: Fault = { kind: "slow", ms: 120 };
/** Share of the calls that go wrong. Mixed with good ones, so that no breaker opens. */
const SHARE = 0.06;
/** More orders than this never wait: while the server is down nobody uses them up. */
const MOST_WAITING = 2;

const UNAVAILABLE: Fault = {
  kind: "error",
  status: 503,
  code: 2,
  message: "Service temporarily unavailable",
  transient: true,
};

export class Trouble {
  private ordered = 0;
  private endUsual: () => void;

  constructor(
    private readonly faults: Faults,
    private readonly endpoint: Endpoint,
    private readonly chance: Chance,
  ) {
    this.endUsual = this.usual();
  }

  /** Called for each message that somebody writes: some of the answers will have it hard. */
  maybe(): void {
    const { chance } = this;
    const strikes = chance() < SHARE;
    const fault = weighted<Fault>(
      chance,
      [
        [35, { kind: "slow", ms: between(chance, 200, 1_200) }],
        [30, UNAVAILABLE],
        [20, { kind: "drop" }],
        [8, { kind: "no_id" }],
        [7, { kind: "reset" }],
      ],
      UNAVAILABLE,
    );
    if (!strikes || this.waiting >= MOST_WAITING) return;
    this.ordered++;
    // The oldest order is served first, so the usual one, which never ends, must stand behind this one.
    this.endUsual();
    this.faults.inject(this.endpoint, fault);
    this.endUsual = this.usual();
  }

  /** From now on everything goes well, once `faults` are cleared. @returns how many calls went wrong */
  end(): number {
    return this.ordered - this.waiting;
  }

  private usual(): () => void {
    return this.faults.inject(this.endpoint, USUAL, { times: Infinity });
  }

  private get waiting(): number {
    return this.faults.pending(this.endpoint) - 1;
  }
}
