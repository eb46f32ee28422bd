/** A model server that speaks OpenAI's protocol the way Groq does, and answers by rule. */
import type { Clock } from "../core/clock.ts";
import { decide } from "./answers.ts";
import { completion, completionStream } from "./completion.ts";
import { underFault, type Endpoint, type Faults } from "./faults.ts";
import type { Ids } from "./ids.ts";
import { asList, asObject, asText, readJson, type JsonObject } from "./json.ts";
import { json, pause, type Handler, type HttpAnswer, type HttpCall, type HttpOutcome } from "./listen.ts";
import {
  askedFailure,
  BAD_KEY,
  badRequest,
  modelRefusal,
  noSuchModel,
  orderedFailure,
  type ModelError,
} from "./model-error.ts";
import { partsOf, readAsked } from "./question.ts";

export interface ModelSettings {
  /** The only key that is let in; null lets everybody in, as a local server does. */
  readonly key: string | null;
  /** How long an answer takes that asks for nothing special. */
  readonly thinkMs: number;
}

/** One chat completion that was asked for. */
export interface ModelCall {
  /** Epoch ms. */
  readonly at: number;
  readonly model: string;
  readonly messages: readonly unknown[];
  /** The caller hung up before the answer was complete. */
  aborted: boolean;
}

const CHAT_MODELS = [
  { id: "openai/gpt-oss-120b", sees: false },
  { id: "openai/gpt-oss-20b", sees: false },
  { id: "qwen/qwen3.8-27b", sees: true },
  // Names for a server that runs on the sandbox alone, so that nobody takes its answers for a real model's.
  { id: "sandbox/rules", sees: false },
  { id: "sandbox/eyes", sees: true },
];
const SPEECH_MODELS = ["whisper-large-v3", "whisper-large-v3-turbo", "sandbox/ears"];
/** Groq refuses these instead of ignoring them. */
const REFUSED_FIELDS = ["logprobs", "top_logprobs", "logit_bias"];
const PICTURES_LIMIT = 3;
/** Requests hold whole pictures, so an open-ended list of them would fill the memory of a long-lived sandbox. */
const CALLS_KEPT = 1_000;
/** When a model came into being; clients only show it. Seconds. */
const CREATED = 1_754_000_000;

export class Model {
  /** The newest 1,000, oldest first. */
  readonly calls: ModelCall[] = [];

  constructor(
    private readonly settings: ModelSettings,
    private readonly faults: Faults,
    private readonly count: (endpoint: Endpoint) => void,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  readonly handle: Handler = async (http) => {
    const endpoint = endpointOf(http);
    if (endpoint === null) {
      const message = `Unknown request URL: ${http.method} ${http.path}. Please check the URL for typos.`;
      return modelRefusal({ status: 404, message, type: "invalid_request_error", code: "unknown_url" });
    }
    this.count(endpoint);
    const fault = this.faults.take(endpoint, http);
    const work = (): Promise<HttpOutcome> => this.answer(endpoint, http);
    return underFault(fault, work, (error) => modelRefusal(orderedFailure(error)), this.clock, http.gone);
  };

  private async answer(endpoint: Endpoint, http: HttpCall): Promise<HttpOutcome> {
    const { key } = this.settings;
    if (key !== null && http.header("authorization") !== `Bearer ${key}`) return modelRefusal(BAD_KEY);
    if (endpoint === "models") return modelList();
    if (endpoint === "transcriptions") return this.transcribe(http);
    const request = asObject(readJson(new TextDecoder().decode(http.body)));
    const error = request === null ? badRequest("could not parse the request body as JSON") : checkChat(request);
    return request === null || error !== null ? modelRefusal(error ?? BAD_KEY) : this.chat(request, http.gone);
  }

  private async chat(request: JsonObject, gone: AbortSignal): Promise<HttpOutcome> {
    const messages = asList(request["messages"]);
    const call: ModelCall = {
      at: this.clock.now(),
      model: asText(request["model"]) ?? "",
      messages,
      aborted: gone.aborted,
    };
    gone.addEventListener("abort", () => (call.aborted = true), { once: true });
    this.calls.push(call);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
    const decision = decide(await readAsked(messages));
    if (decision.kind === "fail") return modelRefusal(askedFailure(decision.status));
    const thinkMs = Math.max(this.settings.thinkMs, decision.kind === "say" ? decision.afterMs : 0);
    if (!(await pause(this.clock, thinkMs, gone))) return "drop";
    const made = {
      id: `chatcmpl-${this.ids("completion").slice(0, 24)}`,
      requestId: `req_${this.ids("request").slice(0, 26)}`,
      created: Math.floor(this.clock.now() / 1_000),
      model: call.model,
      // An empty answer is what a model gives whose budget went into reasoning.
      text: decision.kind === "say" ? decision.text : "",
      finishReason: decision.kind === "say" ? ("stop" as const) : ("length" as const),
      promptUnits: JSON.stringify(messages).length,
    };
    return request["stream"] === true ? completionStream(made) : completion(made);
  }

  /** Tells how much it was given, which is all that a fake ear can hear. */
  private async transcribe(http: HttpCall): Promise<HttpAnswer> {
    const type = http.header("content-type") ?? "";
    if (!type.startsWith("multipart/form-data"))
      return modelRefusal(badRequest("request Content-Type isn't multipart/form-data"));
    const form = await new Response(http.body, { headers: { "content-type": type } }).formData();
    const model = asText(form.get("model")) ?? "";
    if (!SPEECH_MODELS.includes(model)) return modelRefusal(noSuchModel(model));
    const file = form.get("file");
    if (!(file instanceof Blob)) return modelRefusal(badRequest("one of `file` or `url` must be provided"));
    const text = `Đây là tin nhắn thoại dài ${file.size} byte.`;
    return json(200, { text, x_groq: { id: `req_${this.ids("request").slice(0, 26)}` } });
  }
}

function endpointOf({ method, path }: HttpCall): Endpoint | null {
  switch (`${method} ${path.replace(/^\/openai(?=\/)/, "")}`) {
    case "POST /v1/chat/completions":
      return "chat";
    case "GET /v1/models":
      return "models";
    case "POST /v1/audio/transcriptions":
      return "transcriptions";
    default:
      return null;
  }
}

function modelList(): HttpAnswer {
  const ids = [...CHAT_MODELS.map(({ id }) => id), ...SPEECH_MODELS];
  return json(200, {
    object: "list",
    data: ids.map((id) => ({ id, object: "model", created: CREATED, owned_by: "sandbox", active: true })),
  });
}

/** What Groq refuses before any model is asked; null when the request is fine. */
function checkChat(request: JsonObject): ModelError | null {
  const name = asText(request["model"]) ?? "";
  const model = CHAT_MODELS.find(({ id }) => id === name);
  if (model === undefined) return noSuchModel(name);
  const messages = asList(request["messages"]).map(asObject);
  if (messages.length === 0) return badRequest("'messages' : minimum number of items is 1");
  const refused = REFUSED_FIELDS.find((field) => request[field] !== undefined && request[field] !== null);
  if (refused !== undefined) return badRequest(`property '${refused}' is unsupported`);
  if ((request["n"] ?? 1) !== 1) return badRequest("'n' : must be 1");
  if (messages.some((message) => message?.["name"] !== undefined))
    return badRequest("'messages.0' : property 'name' is unsupported");
  const pictures = messages
    .flatMap((message) => partsOf(message?.["content"]))
    .filter((part) => part["type"] === "image_url").length;
  if (pictures > 0 && !model.sees)
    return badRequest("messages.content must be a string: this model does not take images");
  return pictures > PICTURES_LIMIT
    ? badRequest(`Too many images provided. This model supports up to ${PICTURES_LIMIT} images`)
    : null;
}
