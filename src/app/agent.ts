import { echoAgent } from "../agent/echo.ts";
import type { Config } from "../config.ts";
import type { Agent } from "../core/agent.ts";
import { systemClock } from "../core/clock.ts";
import type { Log } from "../events/log.ts";
import type { OpenSandbox } from "./sandboxed.ts";

/**
 * What writes the answers: the model of the settings, or an echo where there is none.
 *
 * @param correlationIn the correlation id of what is being answered in a conversation
 */
export async function agentOf(
  config: Config,
  sandbox: OpenSandbox | null,
  log: Log,
  correlationIn: (conversation: string) => string | null,
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
    log: ({ event, ...fields }) => log.warn(event, { correlation_id: correlationIn(fields.conversation), ...fields }),
  });
}
