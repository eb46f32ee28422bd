import { apologyFor, serviceApologyFor } from "../agent/apology.ts";
import { echoAgent } from "../agent/echo.ts";
import type { AgentLogEntry } from "../agent/failed-call.ts";
import type { Config } from "../config.ts";
import type { Agent } from "../core/agent.ts";
import { systemClock } from "../core/clock.ts";
import type { Log } from "../events/log.ts";
import type { OpenSandbox } from "./sandboxed.ts";

/** What writes the answers, and what goes with it. */
export interface Answering {
  readonly agent: Agent;
  /** How long it may take for one turn. */
  readonly timeoutMs: number;
  /** Whether pictures are fetched for it. */
  readonly looksAtPictures: boolean;
  readonly apology: (language: "vi" | "en") => string;
}

/**
 * What writes the answers: the owner's own service, else the model of the settings, or an echo where there is neither.
 *
 * @param correlationIn the correlation id of what is being answered in a conversation
 */
export async function answeringOf(
  config: Config,
  sandbox: OpenSandbox | null,
  log: Log,
  correlationIn: (conversation: string) => string | null,
): Promise<Answering> {
  const told = ({ event, ...fields }: AgentLogEntry): void =>
    log.warn(event, { correlation_id: correlationIn(fields.conversation), ...fields });
  const service = sandbox === null ? config.services.agent : null;
  if (service !== null) {
    const { serviceAgent } = await import("../agent/service.ts");
    return {
      agent: serviceAgent({ ...service, clock: systemClock(), log: told }),
      timeoutMs: service.timeoutMs,
      // It is told where they are, and fetches what it wants itself.
      looksAtPictures: false,
      apology: serviceApologyFor,
    };
  }
  return {
    agent: await modelOf(config, sandbox, told),
    timeoutMs: config.delivery.processingTimeoutMs,
    looksAtPictures: true,
    apology: apologyFor,
  };
}

async function modelOf(
  config: Config,
  sandbox: OpenSandbox | null,
  told: (entry: AgentLogEntry) => void,
): Promise<Agent> {
  const model = sandbox?.model ?? config.model;
  if (model === null) return echoAgent({ hint: true });
  const { apiKey, baseUrl, model: name, visionModel, systemPrompt } = model;
  const { groqAgent } = await import("../agent/groq.ts");
  return groqAgent({
    apiKey: apiKey ?? "",
    baseUrl,
    model: name,
    visionModel: visionModel === "" ? null : visionModel,
    systemPrompt: systemPrompt ?? "",
    tokenBudget: config.history.tokenBudget,
    historyLimit: config.history.limit,
    timeLimitMs: config.delivery.processingTimeoutMs,
    clock: systemClock(),
    chance: Math.random,
    log: told,
  });
}
