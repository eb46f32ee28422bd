/** The settings of the server itself: where it listens and lives, and how it behaves. */
import { address, duration, email, flag, key32, noSpaces, oneOf, shaped, text, whole } from "./kinds.ts";
import { having, maybe } from "./setting.ts";
import { LOG_LEVELS } from "./types.ts";

export const server = {
  HOST: having(noSpaces, "0.0.0.0", "address to listen on; TLS is a proxy's work", { example: "127.0.0.1" }),
  PORT: having(whole(0, 65_535), "8000", "port to listen on; 0 takes a free one"),
  BOTCTL_DATA_DIR: maybe(text, "folder of the database, keys, admin token and lock", {
    example: "/var/lib/botctl",
    shownDefault: "`$STATE_DIRECTORY`, else `$XDG_STATE_HOME/botctl`, else `~/.local/state/botctl`",
  }),
  BOTCTL_PUBLIC_URL: maybe(address(), "the server as the outside sees it: set-up, Telegram's webhook, privacy links", {
    example: "https://bot.example.com",
    ownersOwn: true,
  }),
  BOTCTL_ADMIN_TOKEN: maybe(noSpaces, "bearer token of the admin API", {
    example: "<32 random characters>",
    shownDefault: "made at first start, in the file `admin-token`",
    secret: true,
  }),
  BOTCTL_SECRET_KEY: maybe(key32, "32 bytes in base64 that seal tokens and key the hashes of people", {
    example: "<what `openssl rand -base64 32` prints>",
    shownDefault: "made at first start, in the file `secret-key`",
    secret: true,
  }),
};

/** Ten minutes, far beyond what anybody waits for an answer. */
const wait = duration("seconds", 0, 600);
const chat = shaped(/^(-?\d{1,20}|@\w{3,})$/, "is neither a chat's number nor its @name");
/** The names of other loggers, which the source systems' env files use. */
const otherLevels = { trace: "debug", notice: "info", warning: "warn", critical: "error", fatal: "error" } as const;

export const conduct = {
  SMART_DELAY_ENABLED: having(flag, "true", "wait for what a text announces; `false` answers everything at once"),
  MAX_CONTEXT_TTL: having(wait, "12", "longest a turn gathers from its first part, in seconds"),
  IMAGE_KEYWORDS_WAIT: having(wait, "8.0", "wait for an announced picture, in seconds"),
  FILE_KEYWORDS_WAIT: having(wait, "5.0", "wait for an announced file, in seconds"),
  DEFAULT_ATTACHMENT_WAIT: having(wait, "3.0", "wait after a question of at most five words, in seconds"),
  ATTACHMENT_FIRST_WAIT: having(wait, "2.0", "wait for the text of an attachment that came first, in seconds"),
  UNFINISHED_WAIT: having(wait, "2.0", "wait after a text that breaks off, in seconds"),
  PLAIN_WAIT: having(wait, "0.1", "wait after any other text, in seconds"),
  SETTLE_WAIT: having(wait, "0.5", "wait for the rest of an album once the first has come, in seconds"),
  MAX_PENDING_CONTEXTS: having(whole(1, 1_000_000), "1000", "turns that may wait at once, then the oldest is answered"),

  HISTORY_LIMIT: having(whole(0, 1_000), "50", "messages of history the agent is shown"),
  HISTORY_TOKEN_BUDGET: having(whole(0, 1_000_000), "3000", "tokens of history the agent is shown"),
  CONVERSATION_TTL_HOURS: having(duration("hours", 0, 87_600), "24", "after so long a silence the history is left out"),
  TURN_CONCURRENCY: having(whole(1, 1_000), "32", "turns answered at the same time"),

  FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: having(
    whole(0, 100_000),
    "10",
    "turns per user and minute, on both channels; 0 for no limit",
  ),
  ACCOUNT_RATE_LIMIT_MESSAGES_PER_MINUTE: having(
    whole(0, 1_000_000),
    "0",
    "turns per account and minute; 0 for no limit",
    { example: "600" },
  ),

  MESSENGER_PROCESSING_TIMEOUT_MS: having(whole(100, 600_000), "15000", "longest the agent may take for one turn"),
  MESSENGER_SEND_TIMEOUT_MS: having(whole(100, 120_000), "5000", "longest one send to Messenger may take"),
  MESSENGER_MAX_RETRIES: having(whole(0, 20), "3", "quick retries (1 s, 2 s, 4 s …), before the retry journal's pace"),
  TELEGRAM_AMBIGUOUS: having(
    oneOf(["resend-once", "hold"]),
    "resend-once",
    "what follows a send of unknown outcome: another, three in all at most; or `hold` leaves it to a person",
  ),
  ECHO_GRACE_MS: having(whole(0, 600_000), "30000", "how long Messenger's echo may take to settle an unknown outcome"),
  SHUTDOWN_TIMEOUT_MS: having(whole(0, 600_000), "9000", "how long running work may take to finish at the end"),

  TAKEOVER_HOURS: having(duration("hours", 0, 8_760), "12", "how long the bot keeps silent after a human has answered"),
  ALERT_TELEGRAM_CHAT: maybe(chat, "chat that gets the alarms", { example: "-1001234567890", ownersOwn: true }),
  RETENTION_PAYLOAD_DAYS: having(duration("days", 0, 3_650), "7", "how long webhooks are kept as they came"),
  RETENTION_TEXT_DAYS: having(duration("days", 0, 3_650), "30", "how long messages are kept"),
  TRUSTED_PROXY_HOPS: having(whole(0, 10), "0", "proxies in front whose forwarded headers count"),
  LOG_LEVEL: having(oneOf(LOG_LEVELS, otherLevels), "info", "`debug`, `info`, `warn` or `error`"),
  LOG_FORMAT: maybe(oneOf(["json", "pretty"]), "`json` for programs, `pretty` for people", {
    example: "json",
    shownDefault: "`json`, or `pretty` on a terminal",
  }),
  CONTACT_EMAIL: maybe(email, "address shown on the privacy page", { example: "privacy@example.com", ownersOwn: true }),
};
