/**
 * A whole world in one process: the real core, workers and SQLite, people and a platform that are made up, two clocks that
 * may part, and one scheduler that decides by seed what comes next. First a storm of faults, then a calm that must end in
 * quiet, then the accounting. The same seed is the same world, step by step.
 */
import type { StorePolicy } from "../../src/core/store.ts";
import type { Update } from "../../src/core/update.ts";
import { POLICY } from "../helpers/policy.ts";
import { account, type Totals } from "./accounting.ts";
import { Bot, Disk } from "./bot.ts";
import { swarmOf, type Swarm } from "./faults.ts";
import { Ground, START_AT } from "./ground.ts";
import { Invariants } from "./invariants.ts";
import { Ledger } from "./ledger.ts";
import { Playwright, type Script, type WorldAccount } from "./people.ts";
import { Post } from "./post.ts";
import { CALL_TIMEOUT_MS, UserBooks } from "./user-service.ts";
import { Rolls } from "./random.ts";
import type { Breach } from "./stage.ts";

export interface WorldResult {
  readonly seed: number;
  readonly steps: number;
  /** Deaths without warning, and orderly stops. */
  readonly crashes: number;
  readonly stops: number;
  /** Null when the world ended early, in a breach. */
  readonly totals: Totals | null;
  readonly breach: Breach | null;
  /** A number made of everything that happened: equal for equal worlds. */
  readonly fingerprint: string;
}

export interface WorldOptions {
  /** Called for everything that happens. */
  readonly trace?: (line: string) => void;
}

const APP = "app-1";
const PAGES: readonly WorldAccount[] = ["page-1", "page-2"].map((externalId) => ({ channel: "messenger", externalId }));
const BOT: WorldAccount = { channel: "telegram", externalId: "bot-1" };
const ACCOUNTS = [...PAGES, BOT];
/** The storm goes on for so long after the last thing that people do, ms. */
const AFTERMATH_MS = 45_000;
/** A world that has not come to rest by then never will. */
const MOST_STEPS = 20_000;
const DAY_MS = 25 * 3_600_000;

export async function runWorld(seed: number, options: WorldOptions = {}): Promise<WorldResult> {
  const world = new World(seed, options);
  try {
    return await world.run();
  } catch (error) {
    // What a step throws is thrown by the bot itself: a timer's callback, a commit.
    world.breach("nothing fails unplanned", String(error));
    return world.result(null);
  } finally {
    world.close();
  }
}

/** In this world the user service is told of everybody. */
const REPORTING = { isReported: () => true, quickRetries: 3, graceMs: CALL_TIMEOUT_MS };

function policyOf({ perUserPerMinute, ambiguous }: Swarm): StorePolicy {
  const messenger = { ...POLICY.delivery.messenger, ambiguous };
  const telegram = { ...POLICY.delivery.telegram, ambiguous };
  return {
    ...POLICY,
    limits: { ...POLICY.limits, perUserPerMinute },
    delivery: { messenger, telegram },
    interactions: REPORTING,
  };
}

/** What a seed stands for. */
function drawn(seed: number): { swarm: Swarm; order: Rolls; script: Script; rolls: Rolls } {
  const rolls = new Rolls(seed);
  const swarm = swarmOf(rolls.fork());
  const order = rolls.fork();
  const pages = rolls.chance(0.4) ? PAGES : PAGES.slice(0, 1);
  const accounts = rolls.pick([pages, [BOT, ...pages], [BOT]]);
  const script = new Playwright(rolls.fork(), swarm, START_AT, accounts).write();
  return { swarm, order, script, rolls: rolls.fork() };
}

class World extends Ground {
  private readonly disk = new Disk();
  private readonly script: Script;
  private readonly ledger: Ledger;
  private readonly users: UserBooks;
  private readonly post: Post;
  private readonly invariants: Invariants;
  private readonly unsent = new Set<string>();
  private readonly humans = new Set<string>();
  private readonly blockers = new Set<string>();
  private readonly saidAt = new Map<string, number>();
  private bot: Bot | null = null;
  private lastNow = 0;
  private stopping = false;
  private crashes = 0;
  private stops = 0;

  constructor(
    private readonly seed: number,
    options: WorldOptions,
  ) {
    const { swarm, order, script, rolls } = drawn(seed);
    super(swarm, order, rolls, options.trace ?? (() => {}));
    this.script = script;
    this.ledger = new Ledger({
      stage: this,
      appId: APP,
      blocked: this.script.blocked,
      onCall: ({ deliveryId }) => this.withBot((bot) => this.invariants.called(bot.db, deliveryId, bot.clock.now())),
      onAccept: (acceptance) => this.withBot((bot) => this.invariants.accepted(bot.db, acceptance)),
      echo: (update, delayMs) => this.post.send([update], delayMs),
      windowOpen: (contact) => this.scheduler.now < (this.saidAt.get(contact) ?? 0) + 24 * 3_600_000,
    });
    this.users = new UserBooks({
      stage: this,
      onStore: ({ id }) => this.withBot((bot) => this.invariants.told(bot.db, id, this.users.copies(id))),
    });
    this.post = new Post(
      this,
      () => this.bot?.door ?? null,
      (update) => this.acknowledged(update),
    );
    this.invariants = new Invariants(this, this.ledger);
  }

  async run(): Promise<WorldResult> {
    for (const envelope of this.script.envelopes) {
      this.post.send(envelope.updates, envelope.at);
      for (const { contact } of envelope.updates) if (contact !== null) this.saidAt.set(contact, envelope.at);
    }
    this.planJumps();
    this.boot();
    const endsAt = Math.max(0, ...this.script.envelopes.map(({ at }) => at)) + AFTERMATH_MS;
    while (this.goesOn() && this.scheduler.now < endsAt && !this.scheduler.isIdle) await this.step(true);
    this.calmDown();
    await this.comeToRest();
    if (this.swarm.dayPasses) await this.nextDay();
    return this.result(this.broken === null ? await this.account() : null);
  }

  result(totals: Totals | null): WorldResult {
    const { seed, crashes, stops, broken: breach, fingerprint } = this;
    const { steps } = this.scheduler;
    return { seed, steps, crashes, stops, totals: breach === null ? totals : null, breach, fingerprint };
  }

  close(): void {
    if (this.bot?.isAlive === true) this.bot.die();
    this.disk.remove();
  }

  private goesOn(): boolean {
    if (this.scheduler.steps > MOST_STEPS && this.broken === null) this.breach("it comes to rest", "it is still busy");
    return this.broken === null;
  }

  private async step(stormy: boolean): Promise<void> {
    const ran = await this.scheduler.step();
    if (ran !== null) this.note(ran);
    if (stormy && this.rolls.chance(this.swarm.crash)) this.kill("by chance");
    const why = this.doom();
    if (why !== null) this.meetDeath(why);
  }

  private meetDeath(why: string): void {
    const { bot } = this;
    if (bot?.isAlive !== true) return;
    // What kills the process by itself does so however often; chance only so often.
    if (why !== "poison" && this.crashes + this.stops >= this.swarm.mostDeaths) return;
    if (why === "by chance" && bot.isUp && !this.stopping && this.rolls.chance(this.swarm.orderly)) {
      this.stops += 1;
      this.stopping = true;
      this.note("stops");
      bot.stop(() => this.bury(bot));
      return;
    }
    this.crashes += 1;
    this.note(`dies: ${why}`);
    this.bury(bot);
  }

  private bury(bot: Bot): void {
    this.lastNow = bot.clock.now();
    const sending = bot.sending();
    bot.die();
    this.stopping = false;
    this.ledger.hangUp(sending);
    this.post.hangUp();
    if (this.rolls.chance(this.swarm.clockJumps)) this.jump();
    this.scheduler.after(this, this.rolls.pick([10, 400, 5_000, 40_000]), "boot", () => this.boot());
  }

  private boot(): void {
    const bot = new Bot({
      stage: this,
      disk: this.disk,
      policy: policyOf(this.swarm),
      ledger: this.ledger,
      users: this.users,
      accounts: ACCOUNTS,
      appId: APP,
      poison: this.script.poison,
      witness: (seen) => this.invariants.witness(seen),
      onCommit: () => this.invariants.look(bot.db, !this.stopping),
    });
    this.bot = bot;
    this.invariants.restarted(bot.clock.now() < this.lastNow);
  }

  private planJumps(): void {
    if (!this.rolls.chance(this.swarm.clockJumps)) return;
    for (let count = this.rolls.between(1, 3); count > 0; count--) {
      this.scheduler.after(this, this.rolls.between(0, 90_000), "clock jumps", () => this.jump());
    }
  }

  /** Nothing goes wrong any more, operators mend what waits for them, and all must come to its end. */
  private async comeToRest(): Promise<void> {
    for (let rounds = 0; rounds < 8; rounds++) {
      await this.untilIdle();
      const { bot } = this;
      if (bot === null || this.broken !== null) return;
      this.ledger.refused.clear();
      this.users.refuses = false;
      const isParked = bot.owesParked();
      if (isParked) void bot.flushReports();
      const stopped = (await bot.bare.accounts()).filter(({ state }) => state !== "active");
      if (stopped.length === 0 && !isParked) return await this.expectRest(bot);
      for (const account of stopped) void bot.mend(account);
    }
    this.breach("it comes to rest", "an account does not become active");
  }

  private async untilIdle(): Promise<void> {
    while (this.goesOn() && !this.scheduler.isIdle) await this.step(false);
  }

  private async expectRest(bot: Bot): Promise<void> {
    const { dead, ...open } = await bot.bare.depths();
    const left = Object.entries(open).filter(([, count]) => count > 0);
    if (left.length > 0)
      this.breach("it comes to rest", `${left.map(([state, count]) => `${count} ${state}`).join(", ")}; ${dead} dead`);
    if (!this.post.isEmpty) this.breach("every webhook is acknowledged", "one is still on its way");
  }

  private async nextDay(): Promise<void> {
    const { bot } = this;
    if (bot === null || this.broken !== null) return;
    this.scheduler.now += DAY_MS;
    this.note("a day passes");
    this.invariants.flush(bot.db);
    void bot.flush();
    for (const { updates } of this.script.envelopes.slice(0, 2)) {
      for (const { account, contact } of updates) {
        if (contact === null) continue;
        // Whoever writes by hand has taken over: what was open, and has just been flushed, is left to them.
        this.humans.add(contact);
        void bot.write(account, contact);
      }
    }
    await this.comeToRest();
  }

  private async account(): Promise<Totals | null> {
    const { bot, ledger, unsent, humans, blockers } = this;
    if (bot === null) return null;
    const said = new Set([...this.post.acknowledged].filter((key) => key.startsWith("m") && !key.startsWith("mid.")));
    return await account({
      stage: this,
      db: bot.db,
      store: bot.bare,
      ledger,
      users: this.users,
      swarm: this.swarm,
      said,
      unsent,
      humans,
      blockers,
    });
  }

  private acknowledged({ contact, content }: Update): void {
    if (content.kind === "unsend") this.unsent.add(content.messageId);
    if (content.kind === "reachability" && contact !== null) this.blockers.add(contact);
    if (content.kind === "echo" && content.deliveryId === null && contact !== null) this.humans.add(contact);
  }

  private withBot(look: (bot: Bot) => void): void {
    if (this.bot?.isAlive === true) look(this.bot);
  }
}
