/** Buttons that were pressed: each wants one answer, soon, or the person's phone goes on showing a spinner. */
import type { Clock } from "../../core/clock.ts";
import { asText, type JsonObject } from "../json.ts";
import { badRequest, type BotResult } from "./answer.ts";

/** An answer that was accepted. */
export interface PressAnswer {
  readonly bot: string;
  readonly queryId: string;
  /** What the person is shown; null for nothing. */
  readonly text: string | null;
  /** Epoch ms. */
  readonly at: number;
}

const ANSWER_WITHIN_MS = 150_000;
const TEXT_UNITS = 200;
const TOO_OLD = badRequest("query is too old and response timeout expired or query ID is invalid");

export class Presses {
  readonly answers: PressAnswer[] = [];
  private readonly open = new Map<string, { readonly bot: string; readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  /** A press that may be answered from now on. */
  opened(bot: string, queryId: string): void {
    this.open.set(queryId, { bot, at: this.clock.now() });
  }

  answer(bot: string, params: JsonObject): BotResult {
    const queryId = asText(params["callback_query_id"]) ?? "";
    const text = asText(params["text"]);
    if ((text ?? "").length > TEXT_UNITS) return badRequest("MESSAGE_TOO_LONG");
    const press = this.open.get(queryId);
    const at = this.clock.now();
    if (press?.bot !== bot || at - press.at > ANSWER_WITHIN_MS) return TOO_OLD;
    this.open.delete(queryId);
    this.answers.push({ bot, queryId, text, at });
    return { ok: true };
  }
}
