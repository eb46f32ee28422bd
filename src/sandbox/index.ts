/**
 * The sandbox: small servers on the loopback that stand where the internet would be. Nothing else is faked, so the bot
 * that talks to them is the whole bot.
 *
 *   people ──signedWebhook──▶ the bot ──▶ graph (checks, remembers, echoes back)
 *   telegram (people write, updates come until taken) ──▶ the bot ──▶ telegram (checks, remembers)
 *                                   ├──▶ model (answers by rule)
 *                                   └──▶ media (what people "sent")
 */
import { systemClock, type Clock } from "../core/clock.ts";
import type { Echoes } from "./echoes.ts";
import { Faults, type Endpoint } from "./faults.ts";
import { Graph, type GraphSettings } from "./graph.ts";
import { seededIds } from "./ids.ts";
import { listen } from "./listen.ts";
import { mediaHandler } from "./media.ts";
import { Model, type ModelCall } from "./model.ts";
import type { SentMark, SentMessage } from "./send.ts";
import { BotApi, type BotApiSettings, type TelegramSandbox } from "./telegram/bot-api.ts";
import { noBotCalls } from "./telegram/call.ts";

export interface SandboxOptions {
  readonly graph: GraphSettings;
  /** Telegram's bots; none when left out, so that every token is refused. */
  readonly telegram?: BotApiSettings;
  /** The model server's key; every key is let in when left out. */
  readonly model?: { readonly key: string };
  /** Where the bot's server takes webhooks; may be set later by `echoes.url`. */
  readonly webhook?: { readonly url: string } | null;
  /** Decides message and request ids. The time of the start when left out, so that two runs never share a message id. */
  readonly seed?: number;
  /** How long the model thinks about each answer; 0 when left out. */
  readonly thinkMs?: number;
  /** Fixed ports; any free one for what is left out. */
  readonly ports?: {
    readonly graph?: number;
    readonly telegram?: number;
    readonly model?: number;
    readonly media?: number;
  };
  readonly clock?: Clock;
}

export interface Sandbox {
  /** For GRAPH_API_BASE. */
  readonly graphUrl: string;
  /** For TELEGRAM_API_BASE. */
  readonly telegramUrl: string;
  /** For GROQ_BASE_URL; has no path, as the SDK wants it. Ask below `/v1` for a plain OpenAI-compatible server. */
  readonly modelUrl: string;
  /** Ends in `/media`: `${mediaUrl}/red.png`. */
  readonly mediaUrl: string;
  /** Every message that Graph accepted, in order, also those whose answer never arrived. */
  readonly sent: readonly SentMessage[];
  /** Every mark (seen, typing) that was accepted, in order. */
  readonly marks: readonly SentMark[];
  /** How often each endpoint was called, refused calls too. */
  readonly calls: Readonly<Record<Endpoint, number>>;
  /** The newest 1,000 chat completions, oldest first. */
  readonly modelCalls: readonly ModelCall[];
  readonly faults: Faults;
  readonly echoes: Echoes;
  readonly telegram: TelegramSandbox;
  /** Gives a page another token; the one it had is dead from now on. */
  replaceToken(pageId: string, token: string): void;
  /** Does the webhook handshake with `verifyToken`. Null when the server passed; else what it did instead. */
  verifyWebhook(url: string): Promise<string | null>;
  /** Cuts every connection, forgets every echo that is owed, and frees the ports. */
  stop(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? systemClock();
  const seed = options.seed ?? clock.now();
  const ids = seededIds(seed);
  const faults = new Faults();
  const calls = noCalls();
  const count = (endpoint: Endpoint): void => void calls[endpoint]++;
  const graph = new Graph(options.graph, options.webhook?.url ?? null, faults, count, ids, clock);
  const telegram = new BotApi(options.telegram ?? { bots: [] }, faults, count, seed, clock);
  const modelSettings = { key: options.model?.key ?? null, thinkMs: options.thinkMs ?? 0 };
  const model = new Model(modelSettings, faults, count, ids, clock);
  const listeners = await Promise.all([
    listen(graph.handle, options.ports?.graph ?? 0),
    listen(telegram.handle, options.ports?.telegram ?? 0),
    listen(model.handle, options.ports?.model ?? 0),
    listen(mediaHandler(faults, count, clock), options.ports?.media ?? 0),
  ]);
  const [graphServer, telegramServer, modelServer, mediaServer] = listeners;
  return {
    graphUrl: graphServer.url,
    telegramUrl: telegramServer.url,
    modelUrl: modelServer.url,
    mediaUrl: `${mediaServer.url}/media`,
    sent: graph.send.sent,
    marks: graph.send.marks,
    calls,
    modelCalls: model.calls,
    faults,
    echoes: graph.echoes,
    telegram,
    replaceToken: (pageId, token) => graph.pages.replaceToken(pageId, token),
    verifyWebhook: (url) => graph.verifyWebhook(url),
    async stop() {
      graph.echoes.stop();
      telegram.stop();
      await Promise.all(listeners.map((listener) => listener.stop()));
    },
  };
}

function noCalls(): Record<Endpoint, number> {
  return {
    messages: 0,
    sender_action: 0,
    object: 0,
    app: 0,
    profile: 0,
    messenger_profile: 0,
    subscribed_apps: 0,
    subscriptions: 0,
    debug_token: 0,
    chat: 0,
    models: 0,
    transcriptions: 0,
    media: 0,
    ...noBotCalls(),
  };
}
