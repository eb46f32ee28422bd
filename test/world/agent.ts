import type { Agent, Answer, Question } from "../../src/core/agent.ts";
import { plainReply } from "../../src/core/reply.ts";
import { KEY } from "./people.ts";
import { Planned } from "./gate.ts";
import { never, type Stage } from "./stage.ts";
import type { Owner } from "./scheduler.ts";

/** A model that says which messages it was shown, so that the accounting can tell what was answered. */
export class FakeAgent implements Agent {
  readonly name = "world";

  constructor(
    private readonly stage: Stage,
    private readonly owner: Owner,
    private readonly isAlive: () => boolean,
    private readonly poison: ReadonlySet<string>,
  ) {}

  async answer(question: Question, signal: AbortSignal): Promise<Answer> {
    const { stage } = this;
    const keys = keysIn(question);
    if (keys.some((key) => this.poison.has(key))) stage.kill("poison");
    const { rolls } = stage;
    const swarm = stage.swarm;
    const fails = rolls.chance(swarm.failingAgent);
    const heedless = rolls.chance(swarm.stubbornAgent);
    await this.think(
      rolls.chance(swarm.slowAgent) ? rolls.between(4_000, 20_000) : rolls.between(20, 1_500),
      signal,
      heedless,
    );
    if (!this.isAlive()) return await never();
    if (signal.aborted && !heedless) return { kind: "aborted" };
    if (fails) return this.failure();
    const lines = [`answers ${keys.join(" ")}`, "second part", "third part"].slice(0, rolls.pick([1, 1, 2, 3]));
    return { kind: "reply", reply: plainReply(lines.join("\n")), model: "world", tokens: null };
  }

  private failure(): Answer {
    const kind = this.stage.rolls.pick(["busy", "refused", "lasting", "unusable", "throws"]);
    const reason = "as planned";
    if (kind === "busy") return { kind, reason, afterMs: null };
    if (kind === "refused") return { kind, reason, lasting: false };
    if (kind === "lasting") return { kind: "refused", reason, lasting: true };
    if (kind === "unusable") return { kind, reason };
    throw new Planned("the agent broke down");
  }

  private think(ms: number, signal: AbortSignal, heedless: boolean): Promise<void> {
    const { scheduler } = this.stage;
    return new Promise((resolve) => {
      const cancel = scheduler.after(this.owner, ms, "agent", resolve);
      if (heedless) return;
      signal.addEventListener("abort", () => {
        cancel();
        scheduler.soon(this.owner, "agent stopped", resolve);
      });
    });
  }
}

function keysIn({ parts }: Question): string[] {
  const shown = parts.flatMap(({ text, payload, attachments }) => [
    text,
    payload ?? "",
    ...attachments.map(({ url }) => url ?? ""),
  ]);
  return [...new Set(shown.join(" ").match(KEY) ?? [])];
}
