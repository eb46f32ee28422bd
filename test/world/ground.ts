import { calm, type Swarm } from "./faults.ts";
import type { Rolls } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import type { Breach, Stage } from "./stage.ts";

/** Any time would do. */
export const START_AT = 1_795_000_000_000;

/** By how much somebody sets the wall clock. */
const JUMPS_MS = [-7_200_000, -3_600_000, -90_000, -20_000, 15_000, 40_000, 90_000, 3_600_000, 25_000_000];

/** What a world stands on: its two clocks, its chance and faults, and the record of what happens. */
export class Ground implements Stage {
  readonly scheduler: Scheduler;
  /** The first broken promise; null while all hold. */
  broken: Breach | null = null;
  private wallOffsetMs = 0;
  private ids = 0;
  private doomed: string | null = null;
  private print = 0n;

  /** @param order draws for the scheduler alone */
  constructor(
    public swarm: Swarm,
    order: Rolls,
    readonly rolls: Rolls,
    private readonly trace: (line: string) => void,
  ) {
    this.scheduler = new Scheduler(order, () => this.swarm.lagMs);
  }

  /** From now on nothing goes wrong. */
  calmDown(): void {
    this.swarm = calm(this.swarm);
  }

  wall(): number {
    return START_AT + this.scheduler.now + this.wallOffsetMs;
  }

  jump(): void {
    const ms = this.rolls.pick(JUMPS_MS);
    this.wallOffsetMs += ms;
    this.note(`the wall clock is set by ${ms} ms`);
  }

  newId(): string {
    return `id-${String(++this.ids).padStart(6, "0")}`;
  }

  breach(promise: string, detail: string): void {
    this.note(`BROKEN ${promise}: ${detail}`);
    this.broken ??= { promise, detail };
  }

  note(line: string): void {
    this.print = BigInt.asUintN(64, BigInt(Bun.hash(line, this.print)));
    this.trace(`${String(this.scheduler.now).padStart(9)}  ${line}`);
  }

  /** A number made of everything that happened: equal for equal worlds. */
  get fingerprint(): string {
    return this.print.toString(16);
  }

  kill(why: string): void {
    this.doomed ??= why;
  }

  /** Why the process dies now; null when it lives. Asking takes the answer away. */
  doom(): string | null {
    const why = this.doomed;
    this.doomed = null;
    return why;
  }
}
