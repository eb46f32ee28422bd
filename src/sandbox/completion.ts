/** One chat completion on the wire: whole, or as a stream of server-sent events. */
import { json, type HttpAnswer } from "./listen.ts";

export interface Completion {
  readonly id: string;
  readonly requestId: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly text: string;
  readonly finishReason: "stop" | "length";
  /** Length of what was asked, in UTF-16 units. */
  readonly promptUnits: number;
}

export function completion(made: Completion): HttpAnswer {
  return json(200, {
    ...head(made, "chat.completion"),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: made.text },
        logprobs: null,
        finish_reason: made.finishReason,
      },
    ],
    usage: usage(made),
    x_groq: { id: made.requestId },
  });
}

/** The id comes with the first piece and the usage with the last, as at Groq. */
export function completionStream(made: Completion): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
    body: pieces(made),
  };
}

async function* pieces(made: Completion): AsyncGenerator<string> {
  const chunk = (delta: object, finish_reason: string | null, more: object = {}): string =>
    `data: ${JSON.stringify({ ...head(made, "chat.completion.chunk"), choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`;
  yield chunk({ role: "assistant", content: "" }, null, { x_groq: { id: made.requestId } });
  for (const [word] of made.text.matchAll(/\S+\s*|\s+/g)) yield chunk({ content: word }, null);
  yield chunk({}, made.finishReason, { x_groq: { id: made.requestId, usage: usage(made) } });
  yield "data: [DONE]\n\n";
}

function head({ id, created, model }: Completion, object: string): object {
  return { id, object, created, model, system_fingerprint: "fp_sandbox" };
}

/** About four characters to a token: good enough for budgets, and the same each time. */
function usage({ promptUnits, text }: Completion): object {
  const prompt_tokens = Math.ceil(promptUnits / 4);
  const completion_tokens = Math.ceil(text.length / 4);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    queue_time: 0,
    total_time: 0,
  };
}
