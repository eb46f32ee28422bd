/** What came back from a model server, judged without acting: pure, so that every case is a line in a test. */
import { APIConnectionError, APIError } from "groq-sdk";
import { z } from "zod";
import type { Answer } from "../core/agent.ts";
import { plainReply } from "../core/reply.ts";
import { retryAfterMs, systemCodeOf, withWords, wordOf } from "./failed-call.ts";

/**
 * What a failed call means for the next one.
 *
 * `again` the same call may work in a moment · `once` it may work if tried one more time · `smaller` it works only with
 * fewer tokens · `refused` somebody must change something first.
 */
export interface Failure {
  readonly next: "again" | "once" | "smaller" | "refused";
  /** For people; holds nothing that came from outside except a code word. */
  readonly reason: string;
  /** What the server asked us to wait, null when it did not say. */
  readonly retryAfterMs: number | null;
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string | null;
}

const ErrorBody = z.object({
  error: z.object({
    code: z.union([z.string(), z.number()]).nullish(),
    type: z.string().nullish(),
    failed_generation: z.unknown().optional(),
  }),
});

/** Codes that stay until somebody pays or changes a setting, whatever their status (429 for some providers). */
const NEEDS_A_PERSON = /^(?:blocked_api_access|model_decommissioned|insufficient_quota|billing_hard_limit_reached)$/;

/** A question longer than the model can read: 400 with this code or type, by provider. */
const TOO_LONG = /context_length_exceeded|exceed_context_size/;

const AGAIN = new Set([408, 409, 425, 429, 498, 499]);

/**
 * Judges what a call threw. Decides by status and code, never by message text.
 *
 * @param now epoch ms, for a Retry-After that is a date
 */
export function failureOf(error: unknown, now: number): Failure {
  const nothing = { retryAfterMs: null, status: null, code: null, requestId: null };
  if (error instanceof APIConnectionError || !(error instanceof APIError) || error.status === undefined) {
    // Whatever else the SDK throws happened while the body was read: the connection broke, or it was not JSON.
    const unreached = error instanceof APIConnectionError;
    const code = unreached ? systemCodeOf(error.cause) : systemCodeOf(error);
    const what = unreached
      ? "the model server cannot be reached"
      : "the model server's answer broke off or was not JSON";
    return { ...nothing, next: "again", reason: withWords(what, [code]), code };
  }
  const status: number = error.status;
  const headers = error.headers instanceof Headers ? error.headers : new Headers();
  const parsed = ErrorBody.safeParse(error.error);
  const told = parsed.success ? parsed.data.error : null;
  const code = wordOf(told?.code);
  const type = wordOf(told?.type);
  return {
    next: nextAfter(status, code ?? "", type ?? "", told?.failed_generation !== undefined),
    reason: withWords(`the model server answered ${status}`, [code, type]),
    retryAfterMs: retryAfterMs(headers, now),
    status,
    code: code ?? type,
    requestId: wordOf(headers.get("x-request-id")),
  };
}

function nextAfter(status: number, code: string, type: string, badGeneration: boolean): Failure["next"] {
  if (NEEDS_A_PERSON.test(code)) return "refused";
  if (AGAIN.has(status) || status >= 500) return "again";
  if (status === 413 || TOO_LONG.test(code) || TOO_LONG.test(type)) return "smaller";
  // 422 is occasionally transient; a generation the server itself could not use may come out better the next time.
  if (status === 422 || (status === 400 && badGeneration)) return "once";
  return "refused";
}

/** Whether every other question would be refused as well: key, permission, model or money. */
export function isLasting({ status, code }: Pick<Failure, "status" | "code">): boolean {
  return (status !== null && [401, 402, 403, 404].includes(status)) || NEEDS_A_PERSON.test(code ?? "");
}

const Completion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(z.object({ finish_reason: z.string().nullish(), message: z.object({ content: z.string().nullish() }) }))
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      total_tokens: z.number().nullish(),
    })
    .nullish(),
});

/**
 * Reads the body of a 200. Success is a finish reason: `stop`, or `length` with words in it, which are then cut at the end
 * of their last sentence, because most of an answer serves a customer better than none.
 *
 * @param asked the model we asked for, for servers that do not name theirs
 */
export function answerIn(body: unknown, asked: string): Answer {
  const parsed = Completion.safeParse(body);
  const choice = parsed.data?.choices[0];
  if (parsed.data === undefined || choice === undefined)
    return { kind: "unusable", reason: "the model server's answer was no chat completion" };
  const finish = choice.finish_reason ?? null;
  if (finish !== "stop" && finish !== "length") {
    return { kind: "unusable", reason: withWords("the model did not finish its answer", [wordOf(finish)]) };
  }
  const text = withoutThinking(choice.message.content ?? "");
  if (text === "") return { kind: "unusable", reason: `the model's answer was empty (${finish})` };
  const usage = parsed.data.usage;
  const { prompt_tokens: tokensIn, completion_tokens: tokensOut } = usage ?? {};
  const summed = typeof tokensIn === "number" && typeof tokensOut === "number" ? tokensIn + tokensOut : null;
  return {
    kind: "reply",
    reply: plainReply(finish === "length" ? cutAtSentenceEnd(text) : text),
    model: parsed.data.model ?? asked,
    tokens: usage?.total_tokens ?? summed,
  };
}

/**
 * Takes out `<think>…</think>`, which reasoning models of other servers leave in their text: also without its start, which some
 * chat templates put into the prompt, and without its end, when the limit cut the thinking off.
 */
export function withoutThinking(content: string): string {
  const paired = content.replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, "");
  const started = paired.replace(/^[\s\S]*<\/think(?:ing)?>/i, "");
  return started.replace(/<think(?:ing)?>[\s\S]*$/i, "").trim();
}

// A sentence ends at . ! ? … (quotes and Markdown marks may follow), or where a line ends. "3." at the start of a line is a
// list's number, "TP." an abbreviation: they end nothing.
const SENTENCE_END = /(?<![.!?…]|^\s*\d{1,3}|\b(?:TP|Tp|Q|P|Mr|Mrs|Ms|Dr))[.!?…]+["'”’)\]*_]*(?=\s|$)|(?<=\S)(?=\n)/gmu;

/** Ends a text that was cut off at its last whole sentence; with "…" after the last whole word when that would lose over half. */
export function cutAtSentenceEnd(text: string): string {
  const end = Array.from(text.matchAll(SENTENCE_END)).reduce(
    (last, match) => Math.max(last, match.index + match[0].length),
    0,
  );
  if (end * 2 >= text.length) return text.slice(0, end).trimEnd();
  return `${text.replace(/\s+\S*$/u, "").trimEnd()}…`;
}
