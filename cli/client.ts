/**
 * The admin API of a running server, typed. Every planned failure is a Fault whose code has an exit code, so commands
 * call and print, and do not look at statuses.
 */
import type { z } from "zod";
import type { ChannelName } from "../src/core/channel.ts";
import { Fault } from "../src/core/fault.ts";
import * as answers from "./answers.ts";
import { fetched, parsed, refusal, textOf, unreachable } from "./call.ts";
import type { CommandContext, GlobalFlags } from "./context.ts";
import { sseMessages } from "./sse.ts";
import { findTarget, type Target } from "./target.ts";

export type * from "./answers.ts";
export { originOf, readServerFile, type Target } from "./target.ts";

/** The server is on this machine or close by; one that needs longer is not well. */
const ANSWER_MS = 10_000;
/** A probe (Docker's HEALTHCHECK) should say no before its own patience ends. */
const HEALTH_MS = 3_000;
/** A send waits for the platform, which may take MESSENGER_SEND_TIMEOUT_MS or TELEGRAM_SEND_TIMEOUT_MS. */
const SEND_ANSWER_MS = 30_000;
/** What the server asks a platform first; up to four questions of ten seconds. */
const PLATFORM_ANSWER_MS = 45_000;
/** The stream has a heartbeat; silence for this long means the connection is dead though nobody said so. */
const SILENT_STREAM_MS = 60_000;
const CONVERSATION_LIST = "See `botctl conversations list`.";
const RETRY_LIST = "See `botctl retry list`.";
/** Rows asked for at once. */
const PAGE_ROWS = 200;
/** Ids named in one call, as the API takes them. */
const MOST_IDS = 500;

type Query = Readonly<Record<string, string | number | undefined>>;

interface Paged<Row> {
  readonly data: Row[];
  readonly next: string | null;
}

export interface WatchedEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: answers.EventData;
}

export type Sent =
  | { readonly kind: "sent"; readonly recipientId: string; readonly messageId: string }
  /** Could not be sent at once; the server keeps trying. */
  | { readonly kind: "waiting"; readonly deliveryId: string };

export type Replied =
  | { readonly kind: "sent"; readonly messageId: string }
  /** Could not be sent at once; the server keeps trying. */
  | { readonly kind: "waiting"; readonly deliveryId: string };

export class AdminClient {
  readonly url: string;

  /** @param target `url` without a path, e.g. "http://127.0.0.1:8000" */
  constructor(private readonly target: Target) {
    this.url = target.url;
  }

  /** Newest first, at most `limit`; `more` when there are others. */
  async conversations(
    limit: number,
    filter: answers.ConversationFilter = {},
  ): Promise<{ rows: answers.ConversationRow[]; more: boolean }> {
    return this.rows(answers.ConversationRow, "/api/conversations", { ...filter }, limit);
  }

  /** All of them a page at a time, in the order they began, so that nobody is missed who writes meanwhile. */
  conversationPages(filter: answers.ConversationFilter = {}): AsyncGenerator<answers.ConversationRow[]> {
    return this.pages(answers.ConversationRow, "/api/conversations", { ...filter, order: "oldest" });
  }

  conversation(id: number): Promise<answers.ConversationRow> {
    return this.get(answers.ConversationRow, `/api/conversations/${id}`).catch(missing(CONVERSATION_LIST));
  }

  /** All of them a page at a time, oldest first. */
  messagePages(conversation: number): AsyncGenerator<answers.MessageRow[]> {
    return this.pages(answers.MessageRow, `/api/conversations/${conversation}/messages`, { order: "oldest" });
  }

  /** A human answers from now on. @param hours how long; as the server is set when left out */
  takeOver(conversation: number, hours?: number): Promise<answers.ConversationRow> {
    const path = `/api/conversations/${conversation}/takeover`;
    return this.call(answers.ConversationRow, "POST", path, hours === undefined ? {} : { hours }).catch(
      missing(CONVERSATION_LIST),
    );
  }

  /** The bot answers again. */
  release(conversation: number): Promise<answers.ConversationRow> {
    return this.call(answers.ConversationRow, "POST", `/api/conversations/${conversation}/release`, {}).catch(
      missing(CONVERSATION_LIST),
    );
  }

  /** Sends a human's words, and takes the conversation over. @throws Fault `window_closed` */
  async reply(conversation: number, text: string): Promise<Replied> {
    const path = `/api/conversations/${conversation}/reply`;
    const answer = await this.call(answers.ReplyAnswer, "POST", path, { text }, SEND_ANSWER_MS).catch(
      missing(CONVERSATION_LIST),
    );
    return "delivery_id" in answer
      ? { kind: "waiting", deliveryId: answer.delivery_id }
      : { kind: "sent", messageId: answer.message_id };
  }

  /** All of them, oldest first. */
  async messages(conversation: number): Promise<answers.MessageRow[]> {
    // The pages come newest first, each of them oldest first.
    const newestFirst: answers.MessageRow[][] = [];
    for await (const page of this.pages(answers.MessageRow, `/api/conversations/${conversation}/messages`, {}))
      newestFirst.push(page);
    return newestFirst.reverse().flat();
  }

  /** The latest `limit` (at most 500), oldest first. */
  async latestMessages(conversation: number, limit: number): Promise<answers.MessageRow[]> {
    const page = answers.pageOf(answers.MessageRow);
    return (await this.get(page, `/api/conversations/${conversation}/messages?limit=${limit}`)).data;
  }

  async retries(filter: answers.RetryFilter = {}): Promise<answers.RetryRow[]> {
    return (await this.rows(answers.RetryRow, "/api/retries", { ...filter })).rows;
  }

  retry(id: string): Promise<answers.RetryDetail> {
    return this.get(answers.RetryDetail, `/api/retries/${encodeURIComponent(id)}`).catch(missing(RETRY_LIST));
  }

  /** How far entries have come, also those that are no longer in the journal. */
  async retryProgress(ids: readonly string[]): Promise<answers.RetryProgress[]> {
    const found: answers.RetryProgress[] = [];
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      const asked = { ids: ids.slice(from, from + MOST_IDS) };
      const page = answers.pageOf(answers.RetryProgress);
      found.push(...(await this.call(page, "POST", "/api/retries/progress", asked)).data);
    }
    return found;
  }

  /** Makes entries due now. No ids means all that match the filter. @returns how many */
  async flush(which: answers.RetryFilter & { ids?: readonly string[]; force?: boolean }): Promise<number> {
    return (await this.call(answers.Flushed, "POST", "/api/retries/flush", which)).flushed;
  }

  /** Gives an entry up for good. @throws Fault `not_found` */
  async drop(id: string): Promise<void> {
    await this.call(answers.Dropped, "DELETE", `/api/retries/${encodeURIComponent(id)}`).catch(missing(RETRY_LIST));
  }

  /** @throws Fault `window_closed`, or `account_ambiguous` when several accounts could be meant */
  async send(
    channel: ChannelName,
    message: { recipient_id: string; text: string; account?: string | undefined },
  ): Promise<Sent> {
    const answer = await this.call(
      answers.SendAnswer,
      "POST",
      `/api/integrations/${channel}/send`,
      message,
      SEND_ANSWER_MS,
    );
    return "delivery_id" in answer
      ? { kind: "waiting", deliveryId: answer.delivery_id }
      : { kind: "sent", recipientId: answer.recipient_id, messageId: answer.message_id };
  }

  async accounts(): Promise<answers.AccountRow[]> {
    return (await this.rows(answers.AccountRow, "/api/accounts")).rows;
  }

  /** How the server is doing. */
  status(): Promise<answers.Status> {
    return this.get(answers.Status, "/api/status");
  }

  /** Takes a page or bot into service, or gives a known one this token. @throws Fault `credentials`, `unreachable`, `settings` */
  addAccount(channel: ChannelName, token: string): Promise<answers.AccountRow> {
    return this.call(answers.AccountRow, "POST", "/api/accounts", { channel, token }, PLATFORM_ANSWER_MS);
  }

  /** @param id ours, or the platform's @throws Fault as `addAccount`, and `not_found` */
  setToken(id: string, token: string): Promise<answers.AccountRow> {
    return this.call(answers.AccountRow, "PUT", `${accountPath(id)}/token`, { token }, PLATFORM_ANSWER_MS);
  }

  /** Asks the platform what it has noted down. @throws Fault as `setToken` */
  inspect(id: string): Promise<answers.Inspection> {
    return this.call(answers.Inspection, "GET", `${accountPath(id)}/subscription`, undefined, PLATFORM_ANSWER_MS);
  }

  /** @param replace the address that may be replaced @throws Fault as `setToken`; `refused` when updates go elsewhere */
  subscribe(id: string, replace: string | null): Promise<answers.Subscribed> {
    return this.call(answers.Subscribed, "POST", `${accountPath(id)}/subscription`, { replace }, PLATFORM_ANSWER_MS);
  }

  /** @throws Fault `not_found` */
  removeAccount(id: string): Promise<answers.Removed> {
    return this.call(answers.Removed, "DELETE", accountPath(id), undefined, PLATFORM_ANSWER_MS);
  }

  counters(): Promise<answers.Counters> {
    return this.get(answers.Counters, "/metrics/processing");
  }

  /**
   * What happens, as it happens. Ends when the server closes the stream or `signal` aborts; the caller decides whether
   * to come again with the last id it saw.
   *
   * @param options `onBytes` is called for whatever arrives, the opening and heartbeats too
   * @throws Fault `unreachable` when the connection breaks or nothing, not even a heartbeat, comes for 60 s
   */
  async *events(
    options: { lastEventId?: string | null; signal?: AbortSignal; onBytes?: () => void } = {},
  ): AsyncGenerator<WatchedEvent> {
    const silence = new AbortController();
    const silent = (): ReturnType<typeof setTimeout> => setTimeout(() => silence.abort(), SILENT_STREAM_MS);
    let timer = silent();
    const { lastEventId, signal } = options;
    try {
      const response = await this.reach("GET", "/api/events", {
        headers: { accept: "text/event-stream", ...(lastEventId ? { "last-event-id": lastEventId } : {}) },
        signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      });
      if (response.body === null) return;
      const heard = (): void => {
        clearTimeout(timer);
        timer = silent();
        options.onBytes?.();
      };
      for await (const message of sseMessages(response.body, heard)) {
        const data = answers.EventData.safeParse(parsed(message.data));
        if (data.success) yield { id: message.id, event: message.event, data: data.data };
      }
    } catch (cause) {
      if (signal?.aborted === true) return;
      if (cause instanceof Fault) throw cause;
      throw unreachable(this.url, cause);
    } finally {
      clearTimeout(timer);
      // Whoever stops reading early must not leave the connection open.
      silence.abort();
    }
  }

  /** One call for routes that have no method here. @throws Fault */
  get<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.infer<Schema>> {
    return this.call(schema, "GET", path);
  }

  /** Like `get`, with a body. @param answerMs patience in ms */
  async call<Schema extends z.ZodType>(
    schema: Schema,
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    answerMs = ANSWER_MS,
  ): Promise<z.infer<Schema>> {
    const init: RequestInit = { signal: AbortSignal.timeout(answerMs) };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "content-type": "application/json" };
    }
    const response = await this.reach(method, path, init);
    const answer = schema.safeParse(parsed(await textOf(response, this.url)));
    if (answer.success) return answer.data;
    throw new Fault(
      "failed",
      `The server at ${this.url} answered ${method} ${path} in a form this botctl does not know.`,
      "Compare the versions on both sides with `botctl version`.",
    );
  }

  /** Follows `next` until `limit` rows are there or none are left. */
  private async rows<Row extends z.ZodType>(
    row: Row,
    path: string,
    query: Query = {},
    limit = Number.POSITIVE_INFINITY,
  ): Promise<{ rows: z.infer<Row>[]; more: boolean }> {
    const rows: z.infer<Row>[] = [];
    let next: string | null = null;
    do {
      const page: Paged<z.infer<Row>> = await this.page(
        row,
        path,
        { limit: Math.min(PAGE_ROWS, limit - rows.length), ...query },
        next,
      );
      rows.push(...page.data);
      next = page.next;
    } while (next !== null && rows.length < limit);
    return { rows: rows.slice(0, limit), more: next !== null || rows.length > limit };
  }

  private async *pages<Row extends z.ZodType>(row: Row, path: string, query: Query): AsyncGenerator<z.infer<Row>[]> {
    let next: string | null = null;
    do {
      const page: Paged<z.infer<Row>> = await this.page(row, path, { limit: PAGE_ROWS, ...query }, next);
      yield page.data;
      next = page.next;
    } while (next !== null);
  }

  private async page<Row extends z.ZodType>(
    row: Row,
    path: string,
    query: Query,
    cursor: string | null,
  ): Promise<Paged<z.infer<Row>>> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    if (cursor !== null) search.set("cursor", cursor);
    const { data, next } = await this.get(answers.pageOf(row), `${path}?${search.toString()}`);
    // A server that hands out the same cursor twice would be asked for ever.
    return { data, next: next === cursor ? null : next };
  }

  private async reach(method: string, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.target.token}`);
    const response = await fetched(this.url, path, { ...init, method, headers });
    if (response.ok) return response;
    throw await refusal(response, method, path, this.url);
  }
}

function accountPath(id: string): string {
  return `/api/accounts/${encodeURIComponent(id)}`;
}

/** The API's own advice is for programs; who types commands is shown the command that lists what there is. */
function missing(fix: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Fault && error.code === "not_found") {
      throw new Fault("not_found", error.message, fix, { cause: error });
    }
    throw error;
  };
}

/** Asks whether anybody is there; needs no token. @throws Fault `unreachable` when nothing answers within 3 s */
export async function knock(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    const response = await fetched(url, "/api/health", { signal: AbortSignal.timeout(HEALTH_MS) });
    return { ok: response.ok, text: await textOf(response, url) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Whoever probes asks one thing, so no answer in time is the same as no answer.
    throw new Fault("unreachable", error.message, error.fix, { cause: error });
  }
}

/** `GET /api/health`. @throws Fault `unreachable` when nothing healthy answers within 3 s */
export async function checkHealth(url: string): Promise<void> {
  const { ok, text } = await knock(url);
  if (!ok || answers.Health.safeParse(parsed(text)).data?.status !== "ok")
    throw new Fault("unreachable", `What answers at ${url} is not a healthy botctl server.`, "Check the address.");
}

/** The client for the server that the flags mean. @throws Fault as `findTarget` */
export async function connect(context: CommandContext, flags: GlobalFlags): Promise<AdminClient> {
  return new AdminClient(await findTarget(context, flags));
}
