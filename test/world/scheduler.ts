import type { Rolls } from "./random.ts";

/** Whose work it is: all of it is forgotten when its owner dies. */
export type Owner = object;

interface Task {
  readonly owner: Owner;
  readonly name: string;
  readonly run: () => void;
  readonly since: number;
}

interface Timer extends Task {
  readonly at: number;
  readonly order: number;
}

/**
 * The only source of order in a world: what can run next is picked by seed, and time passes only here.
 *
 * Between two steps all promises come to rest, so that one step is exactly what follows from one task.
 */
export class Scheduler {
  /** Milliseconds since the world began; never jumps. */
  now = 0;
  steps = 0;
  private tasks: Task[] = [];
  /** By time, then by order of their making. */
  private timers: Timer[] = [];
  private made = 0;

  /** @param lagMs how long a task may be kept waiting while time passes */
  constructor(
    private readonly rolls: Rolls,
    private readonly lagMs: () => number,
  ) {}

  /** Can run now, in any order with the others. */
  soon(owner: Owner, name: string, run: () => void): void {
    this.tasks.push({ owner, name, run, since: this.now });
  }

  /** Runs when so much time has passed. @returns takes it back */
  after(owner: Owner, delayMs: number, name: string, run: () => void): () => void {
    const timer = { owner, name, run, since: this.now, at: this.now + Math.max(0, delayMs), order: this.made++ };
    let place = this.timers.length;
    for (; place > 0; place--) {
      const earlier = this.timers[place - 1];
      if (earlier !== undefined && earlier.at <= timer.at) break;
    }
    this.timers.splice(place, 0, timer);
    return () => {
      const found = this.timers.indexOf(timer);
      if (found >= 0) this.timers.splice(found, 1);
    };
  }

  /** The owner is dead: nothing of it runs any more. */
  forget(owner: Owner): void {
    this.tasks = this.tasks.filter((task) => task.owner !== owner);
    this.timers = this.timers.filter((timer) => timer.owner !== owner);
  }

  /** Whether nothing can run and nothing is to come. */
  get isIdle(): boolean {
    return this.tasks.length === 0 && this.timers.length === 0;
  }

  /** Runs one task, or lets time pass to the next timer. @returns what ran; null when there is nothing left */
  async step(): Promise<string | null> {
    const next = this.take();
    if (next === null) return null;
    this.steps += 1;
    next.run();
    await new Promise((resolve) => setImmediate(resolve));
    return next.name;
  }

  private take(): Task | null {
    const [oldest] = this.tasks;
    const [timer] = this.timers;
    if (oldest === undefined) return timer === undefined ? null : this.fire(timer);
    const limit = oldest.since + this.lagMs();
    if (timer !== undefined && timer.at <= limit && this.rolls.chance(0.15)) return this.fire(timer);
    if (this.rolls.chance(0.1)) {
      this.now = Math.max(this.now, Math.min(this.now + this.rolls.between(1, 20), limit, timer?.at ?? Infinity));
    }
    const picked = this.rolls.between(0, this.tasks.length - 1);
    return this.tasks.splice(picked, 1)[0] ?? null;
  }

  private fire(timer: Timer): Task {
    this.timers.shift();
    this.now = Math.max(this.now, timer.at);
    return timer;
  }
}
