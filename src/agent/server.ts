/** Where the model server is and which words of the API it knows. */
import type { Picture } from "../core/agent.ts";
import type { Prompt } from "./prompt.ts";

/** A model server. `address` ends where `/chat/completions` begins. */
export interface ModelServer {
  readonly address: string;
  /** Groq's API has words that other servers may refuse; they know only those of OpenAI. */
  readonly dialect: "groq" | "openai";
  /** OpenAI and Groq renamed the limit of an answer; other servers (Ollama) know the old name. */
  readonly limitField: "max_completion_tokens" | "max_tokens";
}

const GROQ_PATH = "/openai/v1";

/**
 * Reads GROQ_BASE_URL. `https://host` gets the path the SDK itself would add; a path that ends in `/v1` is taken as it is, so that
 * any OpenAI-compatible server can be named; another path is a proxy's, with the SDK's path behind it.
 *
 * The SDK adds `/openai/v1` to every base, which would make `http://host/v1` into `/v1/openai/v1`. So the SDK is given this
 * whole address and asked for the bare `/chat/completions`.
 *
 * @param baseUrl an http or https address, null for Groq itself
 */
export function modelServer(baseUrl: string | null): ModelServer {
  const url = new URL(baseUrl ?? "https://api.groq.com");
  const path = url.pathname.replace(/\/+$/, "");
  const full = path.endsWith("/v1") ? path : path + GROQ_PATH;
  const dialect = full.endsWith(GROQ_PATH) ? "groq" : "openai";
  const renamed = dialect === "groq" || url.hostname === "api.openai.com";
  return { address: url.origin + full, dialect, limitField: renamed ? "max_completion_tokens" : "max_tokens" };
}

/** Pictures one request may hold, and the bytes of all of them as base64 (Groq: 3 pictures, requests under 4 MB). */
const MOST_PICTURES = 3;
const MOST_PICTURE_CHARS = 3_500_000;

/** The first pictures that fit one request. */
export function picturesThatFit(pictures: readonly Picture[]): Picture[] {
  let chars = 0;
  return pictures.slice(0, MOST_PICTURES).filter((picture) => {
    const own = Math.ceil(picture.bytes.byteLength / 3) * 4;
    if (chars + own > MOST_PICTURE_CHARS) return false;
    chars += own;
    return true;
  });
}

/** What one request says. */
export interface ChatRequest {
  readonly model: string;
  readonly prompt: Prompt;
  readonly pictures: readonly Picture[];
  /** A keyed hash of the person, for the provider's count of abuse. */
  readonly user: string;
  readonly maxOutputTokens: number;
}

/** The body of one request. Pictures go as data URIs: their addresses are signed, expire, and may hold a bot's token. */
export function chatBody(server: ModelServer, request: ChatRequest): Record<string, unknown> {
  const { model, prompt, pictures, user, maxOutputTokens } = request;
  const shown = pictures.map((picture) => ({
    type: "image_url",
    image_url: { url: `data:${picture.mime};base64,${Buffer.from(picture.bytes).toString("base64")}` },
  }));
  return {
    model,
    messages: [
      { role: "system", content: prompt.system },
      { role: "user", content: shown.length === 0 ? prompt.user : [{ type: "text", text: prompt.user }, ...shown] },
    ],
    [server.limitField]: maxOutputTokens,
    user,
    ...(server.dialect === "groq" ? thinkingOf(model) : {}),
  };
}

/** How much a model thinks first. A chat answer needs little, and what is thought counts against the answer's limit. */
function thinkingOf(model: string): Record<string, unknown> {
  // gpt-oss cannot be told not to think; its thoughts are kept out of the answer.
  if (model.includes("gpt-oss")) return { reasoning_effort: "low", include_reasoning: false };
  if (model.startsWith("qwen/qwen3")) return { reasoning_effort: "none" };
  return {};
}
