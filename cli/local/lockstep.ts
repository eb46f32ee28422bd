/**
 * Two processes, one time: `simulate` leads, the sandbox server that it started follows. The leader says on the follower's
 * stdin how far time may run, and that is never further than what the leader itself waits for next. So waits can be played
 * fast, and still no photo comes later, by the server's clock, than the scenario says, however busy the machine is.
 *
 *   1767225600000 1767225601200      it is the first, and time may run up to the second (ms; "-" for no end)
 */
import { z } from "zod";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import { PacedClock } from "../../src/core/paced-clock.ts";

/** What the leader starts the follower with, as JSON in this variable of its environment. Read by sandboxes alone. */
export const LOCKSTEP_VARIABLE = "BOTCTL_SANDBOX_LOCKSTEP";

const Lockstep = z.object({
  speed: z.number().positive(),
  /** Epoch ms. */
  start_at: z.number(),
  /** Where the sandbox keeps its files if that port is free, so that their addresses are the same each time. */
  media_port: z.number().nullable(),
});
export type Lockstep = z.infer<typeof Lockstep>;

/** The leader's time. It runs only while somebody waits for it, up to what is waited for first. */
export class LeadingClock implements Clock {
  private readonly paced: PacedClock;

  /** @param tell hears how far the follower may run; not called before something is waited for */
  constructor(
    readonly speed: number,
    startAt: number,
    private readonly tell: (from: number, until: number) => void,
    base: Clock = systemClock(),
  ) {
    this.paced = new PacedClock(base, speed, startAt);
  }

  now(): number {
    return this.paced.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    const cancel = this.paced.after(delayMs, () => {
      callback();
      this.pace();
    });
    this.pace();
    return () => {
      cancel();
      this.pace();
    };
  }

  private pace(): void {
    const now = this.paced.now();
    const until = this.paced.nextAt() ?? now;
    this.paced.run(now, until);
    this.tell(now, until);
  }
}

/** A line for the follower. */
export function lockstepLine(from: number, until: number): string {
  return `${from} ${until === Infinity ? "-" : until}\n`;
}

/** What a sandbox server is told by whoever started it; null when nobody leads it. */
export function lockstepOf(env: Readonly<Record<string, string | undefined>>): Lockstep | null {
  const told = env[LOCKSTEP_VARIABLE];
  return told === undefined ? null : Lockstep.parse(JSON.parse(told));
}

/**
 * The follower's time.
 *
 * @param line the next line of the leader; null at the end, after which time runs freely
 */
export function followingClock({ speed, start_at }: Lockstep, line: () => Promise<string | null>): Clock {
  const clock = new PacedClock(systemClock(), speed, start_at);
  const follow = async (): Promise<void> => {
    for (let told = await line(); told !== null; told = await line()) {
      const [, from, until] = /^(\d+(?:\.\d+)?) (-|\d+(?:\.\d+)?)$/.exec(told) ?? [];
      if (from !== undefined && until !== undefined) clock.run(Number(from), until === "-" ? Infinity : Number(until));
    }
    clock.run(clock.now(), Infinity);
  };
  void follow();
  return clock;
}
