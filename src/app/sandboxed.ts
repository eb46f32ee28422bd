/** What a server in the sandbox talks to instead of the internet. */
import { randomBytes } from "node:crypto";
import type { MessengerSettings } from "../channels/messenger/index.ts";
import type { ModelSettings } from "../config.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import { startSandbox } from "../sandbox/index.ts";

/** For `server.json`: lets `simulate` sign webhooks for this server. */
export interface SandboxFacts {
  readonly app_secret: string;
  readonly verify_token: string;
  readonly page_id: string;
  readonly media_url: string;
}

export interface OpenSandbox {
  readonly messenger: Omit<MessengerSettings, "sendTimeoutMs">;
  readonly model: ModelSettings;
  readonly pageToken: string;
  readonly facts: SandboxFacts;
  /** From now on the sandbox's platform sends its echoes there. */
  listen(webhookUrl: string): void;
  stop(): Promise<void>;
}

const PAGE_ID = "100000000000001";
const APP_ID = "200000000000002";

/**
 * Starts the fakes, with secrets made for this run.
 *
 * @throws Fault settings when the data folder holds real accounts: the sandbox would answer real customers' turns
 */
export async function openSandbox(store: Store): Promise<OpenSandbox> {
  const real = (await store.accounts()).find(({ externalId }) => externalId !== PAGE_ID);
  if (real !== undefined) {
    throw new Fault("settings", `this data folder holds the real account ${real.externalId}`, "Give the sandbox a folder of its own with --data-dir.");
  }
  const secret = (): string => randomBytes(24).toString("hex");
  const [appSecret, verifyToken, pageToken, modelKey] = [secret(), secret(), `page-${secret()}`, `key-${secret()}`];
  const page = { id: PAGE_ID, name: "Tiệm Hoa Mùa Hè", token: pageToken };
  const sandbox = await startSandbox({ graph: { appSecret, appId: APP_ID, verifyToken, pages: [page] }, model: { key: modelKey } });
  return {
    messenger: { appSecret, previousAppSecret: null, verifyToken, appId: APP_ID, graphBase: sandbox.graphUrl, graphVersion: "v24.0" },
    model: {
      kind: "groq",
      apiKey: modelKey,
      baseUrl: sandbox.modelUrl,
      model: "sandbox/rules",
      visionModel: "sandbox/eyes",
      speechModel: "sandbox/ears",
      systemPrompt: null,
    },
    pageToken,
    facts: { app_secret: appSecret, verify_token: verifyToken, page_id: PAGE_ID, media_url: sandbox.mediaUrl },
    listen(webhookUrl) {
      sandbox.echoes.url = webhookUrl;
    },
    stop: () => sandbox.stop(),
  };
}
