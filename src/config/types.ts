import type { WaitPolicy } from "../core/waits.ts";

/** Least severe first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the command line may say; it outranks everything else. */
export interface Flags {
  readonly envFile?: string | undefined;
  /** As typed: it is checked like the setting PORT. */
  readonly port?: string | number | undefined;
  readonly dataDir?: string | undefined;
  readonly sandbox?: boolean | undefined;
}

/** Everything that settings are read from. Nothing is taken from the process behind the caller's back. */
export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Flags;
  /** Relative paths, and the default `.env`, are looked up here. */
  readonly cwd: string;
  /** The user's home folder; empty when there is none. */
  readonly home: string;
  /** Whether the log is read by a person on a terminal; decides the default of LOG_FORMAT. False when absent. */
  readonly terminal?: boolean;
  /** Reads a whole text file, throws as `node:fs` does. Absent: the real file system. */
  readonly readFile?: (path: string) => string;
  /** Makes a new empty folder for a sandbox and gives its path. Absent: one in the system's temporary folder. */
  readonly makeTemporaryFolder?: () => string;
}

/**
 * What is known about Messenger, whether or not it is on: that also depends on the accounts in the database, which
 * `liveChannels` is told. Null means not given.
 */
export interface MessengerSettings {
  readonly appSecret: string | null;
  /** Still accepted while a new app secret is being rolled out. */
  readonly previousAppSecret: string | null;
  readonly verifyToken: string | null;
  /** Becomes an account at start, again only when its value changed. */
  readonly pageAccessToken: string | null;
  /** Null: learned from Graph. */
  readonly appId: string | null;
  /** Like "v24.0". */
  readonly graphVersion: string;
  /** Origin and path without a slash at the end. */
  readonly graphBase: string;
}

/** What is known about Telegram, whether or not it is on. */
export interface TelegramSettings {
  /** Becomes an account at start, again only when its value changed. */
  readonly botToken: string | null;
  /** Null: one is made and kept per bot. */
  readonly webhookSecret: string | null;
  readonly apiBase: string;
  readonly mode: "webhook" | "polling";
  readonly sendTimeoutMs: number;
}

/** A model behind an API that speaks like OpenAI's. */
export interface ModelSettings {
  readonly kind: "groq";
  /** Null for a server that asks for none. */
  readonly apiKey: string | null;
  /** Without a path: Groq's client adds its own. Ending in `/v1`: used as it is. Never ends in a slash. */
  readonly baseUrl: string;
  readonly model: string;
  readonly visionModel: string;
  readonly speechModel: string;
  /** The shop owner's words; null: the agent's own default. */
  readonly systemPrompt: string | null;
}

/** A service of the owner's that is called over HTTP. */
export interface ServiceSettings {
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** The header that carries the key. */
  readonly apiHeader: string;
  readonly timeoutMs: number;
}

/** Every setting, checked, in the units of the program: milliseconds; what was not given is null. */
export interface Config {
  readonly sandbox: boolean;
  readonly http: {
    readonly host: string;
    /** 0: the system picks a free one. */
    readonly port: number;
    /** Without a slash at the end. */
    readonly publicUrl: string | null;
    /** How many proxies in front may be believed about the client's address. */
    readonly trustedProxyHops: number;
  };
  /** Absolute. */
  readonly dataDir: string;
  /** Made for this run alone (sandbox): whoever stops the server removes it. */
  readonly dataDirIsTemporary: boolean;
  /** Null: the file `admin-token` in the data folder holds it. */
  readonly adminToken: string | null;
  /** 32 bytes in base64; null: the file `secret-key` in the data folder holds it. */
  readonly secretKey: string | null;
  readonly messenger: MessengerSettings;
  readonly telegram: TelegramSettings;
  /** Null: no model. `services.agent` rules over it when both are set. */
  readonly model: ModelSettings | null;
  readonly services: {
    readonly agent: ServiceSettings | null;
    readonly users: ServiceSettings | null;
  };
  readonly waits: WaitPolicy;
  readonly history: {
    /** Messages. */
    readonly limit: number;
    readonly tokenBudget: number;
    /** Older messages are left out. */
    readonly ttlMs: number;
  };
  /** Turns answered at the same time. */
  readonly turnConcurrency: number;
  /** Turns in a minute; null for no limit. */
  readonly limits: { readonly perUserPerMinute: number | null; readonly perAccountPerMinute: number | null };
  readonly delivery: {
    /** How long the agent may take for one turn. */
    readonly processingTimeoutMs: number;
    readonly sendTimeoutMs: number;
    /** Retries at 1 s, 2 s, 4 s …, before the retry journal's slower pace. */
    readonly quickRetries: number;
    readonly echoGraceMs: number;
    readonly telegramAmbiguous: "resend-once" | "hold";
    readonly shutdownTimeoutMs: number;
  };
  /** How long the bot keeps silent after a human has answered. */
  readonly takeoverMs: number;
  readonly alerts: { readonly telegramChat: string | null };
  readonly retention: { readonly payloadMs: number; readonly textMs: number };
  readonly log: { readonly level: LogLevel; readonly format: "json" | "pretty" };
  readonly contactEmail: string | null;
  /** Names of settings that hold what an example file left there, and so count as missing. */
  readonly placeholders: readonly string[];
  /** What works but should be known; to be said at start. Without secrets. */
  readonly warnings: readonly string[];
}
