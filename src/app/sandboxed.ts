/** What a server in the sandbox talks to instead of the internet. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import type { MessengerSettings } from "../channels/messenger/index.ts";
import type { Config, ModelSettings } from "../config.ts";
import type { ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import { startSandbox } from "../sandbox/index.ts";

/** For `server.json`: lets `simulate` sign webhooks for this server. */
export interface SandboxFacts {
  readonly app_secret: string;
  readonly verify_token: string;
  /** The first of `pages`. */
  readonly page_id: string;
  readonly pages: readonly { readonly id: string; readonly name: string }[];
  readonly app_id: string;
  readonly media_url: string;
  readonly bot: {
    readonly id: string;
    /** Without "@". */
    readonly username: string;
    /** What Telegram's webhooks bear in their header. */
    readonly secret: string;
    /** Where the sandbox's Bot API is. */
    readonly api_url: string;
  };
}

export interface OpenSandbox {
  readonly messenger: Omit<MessengerSettings, "sendTimeoutMs">;
  readonly telegram: Pick<Config["telegram"], "botToken" | "webhookSecret" | "apiBase" | "mode">;
  readonly model: ModelSettings;
  /** What its accounts are opened with. */
  readonly tokens: Readonly<Record<ChannelName, readonly string[]>>;
  readonly facts: SandboxFacts;
  /** From now on the sandbox's platforms send their echoes and updates to the server at this address. */
  listen(url: string): void;
  stop(): Promise<void>;
}

const PAGES = [
  { id: "100000000000001", name: "Tiệm Hoa Mùa Hè" },
  { id: "100000000000003", name: "Quán Cà Phê Góc Phố" },
] as const;
const APP_ID = "200000000000002";
const BOT = { id: "7000000001", username: "tiem_hoa_bot", name: "Tiệm Hoa Mùa Hè" } as const;

/**
 * Starts the fakes, with secrets made for this run.
 *
 * @param clock what their own waits are measured by
 * @param mediaPort where files are kept if it is free; null for anywhere
 * @throws Fault settings when the data folder holds real accounts: the sandbox would answer real customers' turns
 */
export async function openSandbox(store: Store, clock: Clock, mediaPort: number | null): Promise<OpenSandbox> {
  const own = new Set<string>([...PAGES, BOT].map(({ id }) => id));
  const real = (await store.accounts()).find(({ externalId }) => !own.has(externalId));
  if (real !== undefined) {
    throw new Fault(
      "settings",
      `this data folder holds the real account ${real.externalId}`,
      "Give the sandbox a folder of its own with --data-dir.",
    );
  }
  const secret = (): string => randomBytes(24).toString("hex");
  const [appSecret, verifyToken, modelKey] = [secret(), secret(), `key-${secret()}`];
  const pages = PAGES.map((page) => ({ ...page, token: `page-${secret()}` }));
  const bot = { ...BOT, token: `${BOT.id}:${secret()}` };
  const webhookSecret = secret();
  const sandbox = await startSandbox({
    graph: { appSecret, appId: APP_ID, verifyToken, pages },
    telegram: { bots: [bot] },
    model: { key: modelKey },
    ports: { media: mediaPort !== null && (await isFree(mediaPort)) ? mediaPort : 0 },
    clock,
  });
  return {
    messenger: {
      appSecret,
      previousAppSecret: null,
      verifyToken,
      appId: APP_ID,
      graphBase: sandbox.graphUrl,
      graphVersion: "v24.0",
    },
    telegram: { botToken: bot.token, webhookSecret, apiBase: sandbox.telegramUrl, mode: "webhook" },
    model: {
      kind: "groq",
      apiKey: modelKey,
      baseUrl: sandbox.modelUrl,
      model: "sandbox/rules",
      visionModel: "sandbox/eyes",
      speechModel: "sandbox/ears",
      systemPrompt: null,
    },
    tokens: { messenger: pages.map(({ token }) => token), telegram: [bot.token] },
    facts: {
      app_secret: appSecret,
      verify_token: verifyToken,
      page_id: PAGES[0].id,
      pages: PAGES,
      app_id: APP_ID,
      media_url: sandbox.mediaUrl,
      bot: { id: BOT.id, username: BOT.username, secret: webhookSecret, api_url: sandbox.telegramUrl },
    },
    listen(url) {
      sandbox.echoes.url = `${url}/api/webhooks/messenger`;
      sandbox.telegram.setWebhook(BOT.id, `${url}/api/webhooks/telegram`, webhookSecret);
    },
    stop: () => sandbox.stop(),
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
