/** A server for the screen to look at: lists that a test sets, an event stream that it writes, and calls that it hears. */
import type { ConversationRow, EventData, MessageRow, RetryRow, Status } from "../../../cli/client.ts";
import { aFolder, problem, TOKEN } from "../stage.ts";

/** The server's clock at its start; far from that of the machine that runs the tests. */
export const START = Date.UTC(2026, 0, 31, 14, 5, 0);
const MINUTE = 60_000;

export interface PlayedCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Reader {
  readonly send: (text: string) => void;
  readonly end: () => void;
}

export interface Played extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  /** What was asked of it, without the reading of lists. */
  readonly calls: PlayedCall[];
  /** The `Last-Event-ID` of each opening of the stream. */
  readonly resumed: (string | null)[];
  conversations: ConversationRow[];
  messages: Record<number, MessageRow[]>;
  retries: RetryRow[];
  /** Server's clock. */
  readonly now: () => number;
  /** @returns the id it got */
  readonly tell: (event: EventData) => number;
  readonly gap: (missed: number | null) => void;
  /** How many read the stream. */
  readonly readers: () => number;
  /** Ends all streams and refuses new ones until `back`. What is told meanwhile is kept. */
  readonly away: () => Promise<void>;
  readonly back: () => void;
  /** Answers by "POST /api/…" in place of the usual ones. */
  readonly answers: Map<string, () => Response>;
}

export function aConversation(over: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: 1,
    channel: "messenger",
    account: "1001",
    contact: "7001",
    name: "Nguyễn Thị Lan",
    state: "bot",
    human_until_at: null,
    last_at: START - 4 * MINUTE,
    turn: null,
    ...over,
  };
}

export function aMessage(over: Partial<MessageRow> = {}): MessageRow {
  return {
    id: "m1",
    direction: "in",
    by: "client",
    text: "shop ơi",
    attachments: [],
    at: START - 4 * MINUTE,
    turn: 1,
    deliveries: [],
    ...over,
  };
}

/** @param now the server's clock */
export function aStatus(now: number): Status {
  return {
    server: { version: "0.1.0", started_at: START - 180 * MINUTE, now },
    lag_ms: 12,
    rates: { webhooks_per_minute: 42, replies_per_minute: 17 },
    reply_p95_ms: 1_840,
    depths: { gathering: 1, ready: 0, running: 1, pending: 2, ambiguous: 0, parked: 0, dead: 1 },
    breakers: [],
    accounts: [],
  };
}

/** An event about conversation 1, ten seconds before the server's start unless `at` says otherwise. */
export function anEvent(type: string, over: Record<string, unknown> = {}): EventData {
  return {
    type,
    at: START - 10_000,
    platform: "messenger",
    account: "1001",
    conversation: 1,
    user_hash: "ab12",
    correlation_id: "c-1",
    ...over,
  };
}

/** @param older without the routes of a newer server */
export function played({ older = false }: { older?: boolean } = {}): Played {
  const bornAt = performance.now();
  const now = (): number => Math.round(START + performance.now() - bornAt);
  const readers = new Set<Reader>();
  const kept: { id: number; text: string }[] = [];
  const calls: PlayedCall[] = [];
  const resumed: (string | null)[] = [];
  const answers = new Map<string, () => Response>();
  let lastId = 100;
  let isAway = false;
  const lists: Pick<Played, "conversations" | "messages" | "retries"> = {
    conversations: [],
    messages: {},
    retries: [],
  };
  const page = (data: unknown): Response => Response.json({ data, next: null });
  const stream = (last: string | null): Response => {
    resumed.push(last);
    let reader: Reader | null = null;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const encoder = new TextEncoder();
        const send = (text: string): void => controller.enqueue(encoder.encode(text));
        reader = { send, end: () => controller.close() };
        send(": connected\n\n");
        if (last !== null) for (const { id, text } of kept) if (id > Number(last)) send(text);
        readers.add(reader);
      },
      cancel() {
        if (reader !== null) readers.delete(reader);
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  /** Lists the conversation so from now on. */
  const turned = (id: number, state: ConversationRow["state"]): Response => {
    lists.conversations = lists.conversations.map((row) => (row.id === id ? { ...row, state } : row));
    return Response.json(lists.conversations.find((row) => row.id === id));
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) return problem(401, "credentials", "no");
      if (isAway) return new Response("", { status: 503 });
      const asked = `${request.method} ${pathname}`;
      if (request.method !== "GET") {
        const text = await request.text();
        calls.push({ method: request.method, path: pathname, body: text === "" ? null : JSON.parse(text) });
      }
      const own = answers.get(asked);
      if (own !== undefined) return own();
      if (asked === "GET /api/events") return stream(request.headers.get("last-event-id"));
      if (asked === "GET /api/conversations") return page(lists.conversations);
      if (asked === "GET /api/accounts")
        return page([
          { id: 1, channel: "messenger", external_id: "1001", name: "Trà Sen", state: "active", reason: null },
        ]);
      if (asked === "GET /api/retries") return page(lists.retries);
      const id = /^\/api\/conversations\/(\d+)\/messages$/.exec(pathname)?.[1];
      if (id !== undefined) return page(lists.messages[Number(id)] ?? []);
      if (asked === "POST /api/retries/flush") return Response.json({ flushed: 1 });
      if (older) return problem(404, "not_found", "there is nothing here");
      if (asked === "GET /api/status") return Response.json(aStatus(now()));
      const [, whose, verb] = /^POST \/api\/conversations\/(\d+)\/(takeover|release)$/.exec(asked) ?? [];
      if (whose !== undefined) return turned(Number(whose), verb === "takeover" ? "human" : "bot");
      if (/^POST \/api\/conversations\/\d+\/reply$/.test(asked)) return Response.json({ message_id: "m.9" });
      return problem(404, "not_found", "there is nothing here");
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const folder = aFolder({
    "server.json": JSON.stringify({ url, pid: 1, started_at: 0, sandbox: null }),
    "admin-token": `${TOKEN}\n`,
  });
  return Object.assign(lists, {
    url,
    dataDir: folder.path,
    calls,
    resumed,
    answers,
    now,
    tell(event: EventData) {
      lastId += 1;
      const text = `id: ${lastId}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      kept.push({ id: lastId, text });
      for (const reader of readers) reader.send(text);
      return lastId;
    },
    gap(missed: number | null) {
      for (const reader of readers)
        reader.send(`event: gap\ndata: ${JSON.stringify({ type: "gap", missed, at: now() })}\n\n`);
    },
    readers: () => readers.size,
    away() {
      isAway = true;
      for (const reader of readers) reader.end();
      readers.clear();
      return Promise.resolve();
    },
    back() {
      isAway = false;
    },
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await server.stop(true);
    },
  });
}
