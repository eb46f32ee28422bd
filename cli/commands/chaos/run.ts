/** `botctl chaos`: kills a server of its own again and again while people write, and counts at the end. */
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { Victim, type Life, type Up } from "../../local/chaos.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf, type Output } from "../../output.ts";
import { between, chanceFrom } from "./chance.ts";
import { reckon } from "./ledger.ts";
import { planOf, type Ending } from "./plan.ts";
import { documentOf, findingsOf, show, type Outcome } from "./report.ts";
import { World } from "./world.ts";

export interface ChaosOptions extends GlobalFlags {
  readonly cycles: number;
  /** Left out: any. */
  readonly seed?: number | undefined;
  /** Messages a second, on average. */
  readonly rate: number;
  readonly keep?: boolean | undefined;
  readonly faults: boolean;
}

const THINK_MS = 60;
/** Echoes come at once when there is a server to take them, so this only has to outlast a start on a busy machine. */
const ECHO_GRACE_MS = 5_000;
const SHUTDOWN_MS = 3_000;
/** Between the end of one process and the start of the next, as a service manager would leave. */
const PAUSE_MS = [20, 120] as const;
/** After the last kill everything must be answered within this time. */
const CALM_MS = 60_000;
const LOOK_AGAIN_MS = 100;
const TELL_EVERY = 5;

/**
 * @throws Fault `findings` when something was lost, doubled or left open, `failed` when the server ended by itself, `forced`
 */
export async function chaos(options: ChaosOptions, context: CommandContext): Promise<void> {
  if (options.dataDir !== undefined || options.url !== undefined) {
    throw new Fault(
      "usage",
      "chaos kills only a server of its own, in a folder of its own.",
      "Leave --data-dir and --url out; --keep leaves that folder behind.",
    );
  }
  const out = outputOf(context, options);
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const victim = await Victim.prepare({
    env: context.env,
    thinkMs: THINK_MS,
    echoGraceMs: ECHO_GRACE_MS,
    shutdownMs: SHUTDOWN_MS,
  });
  if (options.keep === true) victim.keep();
  let folder: string | null = options.keep === true ? victim.folder : null;
  try {
    out.say("A server of its own is killed for this: nothing leaves this machine, and your data is not touched.");
    const outcome = await interruptible(context, () => new Run({ ...options, seed }, victim, context, out).play());
    const findings = findingsOf(outcome);
    if (findings.length > 0) {
      victim.keep();
      folder = victim.folder;
    }
    out.result(documentOf(outcome, folder), () => show(outcome, folder, out));
    if (findings.length === 0) return;
    throw new Fault(
      "findings",
      `${findings.join("; ")}.`,
      `The server's logs and its database are in ${victim.folder}.`,
    );
  } catch (error) {
    // Chance takes part, so the traces of a failure are worth more than another try.
    if (!(error instanceof Fault && error.code === "forced")) victim.keep();
    throw error;
  } finally {
    await victim.close();
  }
}

/** What is remembered of one process. Times are epoch ms. */
interface Lived {
  readonly startedAt: number;
  endedAt: number;
  /** From its start to its first healthy answer; null when it was ended before. */
  healthMs: number | null;
}

class Run {
  private readonly world: World;
  private readonly lives: Lived[] = [];
  private readonly stopCodes: (number | null)[] = [];
  private flushed = 0;

  constructor(
    private readonly options: ChaosOptions & { readonly seed: number },
    private readonly victim: Victim,
    private readonly context: CommandContext,
    private readonly out: Output,
  ) {
    this.world = new World(victim, options);
  }

  async play(): Promise<Outcome> {
    const { world, options } = this;
    const began = performance.now();
    const plan = planOf(options.cycles, chanceFrom(options.seed, "plan"));
    const pauses = chanceFrom(options.seed, "restarts");
    const background = Promise.all([world.talk(), world.echo()]);
    try {
      for (const [cycle, ending] of plan.entries()) {
        await this.live(ending);
        await Bun.sleep(between(pauses, ...PAUSE_MS));
        if ((cycle + 1) % TELL_EVERY === 0) this.tell(cycle + 1);
      }
      const faults = world.endTrouble();
      await this.calm();
      return {
        seed: options.seed,
        tookMs: performance.now() - began,
        plan,
        stopCodes: this.stopCodes,
        posts: world.platform.counts,
        faults,
        reckoning: reckon(world.questions, world.replies),
        audit: this.victim.audit(),
        flushed: this.flushed,
        ...this.recoveries(),
      };
    } finally {
      world.end();
      await background;
    }
  }

  /** One process, from its start to the end that the plan has for it. */
  private async live(ending: Ending): Promise<void> {
    const { life, lived } = this.start();
    if (ending.kind === "starting") {
      const killed = Bun.sleep(ending.afterMs).then(() => this.end(life, lived, "SIGKILL"));
      await Promise.all([this.up(life, lived), killed]);
      return;
    }
    await this.up(life, lived);
    await Bun.sleep(ending.afterMs);
    await life.refuseDeath();
    if (ending.kind === "stopped") {
      this.stopCodes.push(await this.end(life, lived, "SIGTERM"));
      return;
    }
    if (ending.kind === "stopping") {
      life.signal("SIGTERM");
      await Bun.sleep(ending.thenMs);
    }
    await this.end(life, lived, "SIGKILL");
  }

  private start(): { life: Life; lived: Lived } {
    const life = this.victim.start();
    const lived: Lived = { startedAt: life.startedAt, endedAt: Infinity, healthMs: null };
    this.lives.push(lived);
    return { life, lived };
  }

  private async up(life: Life, lived: Lived): Promise<Up | null> {
    const up = await life.up();
    if (up === null) return null;
    this.world.platform.serverAt(up.url);
    lived.healthMs = up.tookMs;
    return up;
  }

  private async end(life: Life, lived: Lived, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const code = await life.end(signal);
    lived.endedAt = Date.now();
    this.world.platform.serverAt(null);
    return code;
  }

  /** The last start: nobody writes any more, nothing fails, and what is owed comes out. */
  private async calm(): Promise<void> {
    const { life, lived } = this.start();
    const up = await this.up(life, lived);
    const deadline = performance.now() + CALM_MS;
    let hushed = false;
    void this.world.hush().then(() => (hushed = true));
    while (up !== null && performance.now() < deadline) {
      await life.refuseDeath();
      if (hushed && (await this.isSettled(up))) break;
      await Bun.sleep(LOOK_AGAIN_MS);
    }
    // Whatever could still be sent a second time would be open in the database now.
    this.stopCodes.push(await this.end(life, lived, "SIGTERM"));
  }

  private async isSettled({ client }: Up): Promise<boolean> {
    const owed = await client.retries();
    const ids = owed.filter(({ state }) => state === "dead").map(({ id }) => id);
    if (ids.length > 0) this.flushed += await client.flush({ ids });
    if (owed.length > 0) return false;
    // What has not been answered although nothing is open never will be, so there is nothing more to wait for.
    const audit = this.victim.audit();
    return audit !== null && audit.openTurns + audit.openDeliveries === 0;
  }

  /** The first start has nothing to recover. */
  private recoveries(): { healthMs: number[]; firstReplyMs: number[] } {
    const restarts = this.lives.slice(1);
    const { repliedAt } = this.world;
    let next = 0;
    const firstReplyMs = restarts.flatMap(({ startedAt, endedAt }) => {
      while ((repliedAt[next] ?? Infinity) <= startedAt) next++;
      const at = repliedAt[next] ?? Infinity;
      return at < endedAt ? [at - startedAt] : [];
    });
    return { healthMs: restarts.flatMap(({ healthMs }) => healthMs ?? []), firstReplyMs };
  }

  private tell(cycle: number): void {
    if (!this.context.stderr.isTTY) return;
    const { questions, repliedAt } = this.world;
    this.out.say(`  ${cycle} of ${this.options.cycles}: ${questions.length} messages, ${repliedAt.length} replies`);
  }
}
