import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { echoes, judgeChannels, NO_MODEL } from "./channels.ts";
import { settingsFault, type Complaint } from "./complaint.ts";
import { findDataDir } from "./datadir.ts";
import { exposures } from "./exposure.ts";
import { settings, type Values } from "./schema.ts";
import { gather } from "./sources.ts";
import type { Config, ConfigInput, ServiceSettings } from "./types.ts";

/**
 * Reads every setting: flag, else environment, else env file, else default.
 *
 * Whether a channel is on may also depend on the database: ask `liveChannels` once it is open.
 *
 * @throws Fault "settings" with every complaint at once, each on a line of its own, none with a value
 */
export function loadConfig(input: ConfigInput): Config {
  const { found, placeholders, complaints: sourceComplaints } = gather(input);
  const channels = judgeChannels(new Set(found.keys()), new Set(placeholders.keys()));
  const parsed = settings.safeParse(Object.fromEntries([...found].map(([name, { text }]) => [name, text])));
  const complaints: Complaint[] = [
    ...sourceComplaints,
    ...channels.complaints,
    ...(parsed.error?.issues ?? []).map((issue) => {
      const name = String(issue.path[0]);
      return { name, wrong: issue.message, from: found.get(name)?.from ?? null };
    }),
  ];

  const sandbox = input.flags.sandbox === true;
  const given = found.get("BOTCTL_DATA_DIR")?.text ?? null;
  const dataDirIsTemporary = sandbox && given === null;
  const dataDir = dataDirIsTemporary ? "" : findDataDir(given, input);
  if (dataDir === null) {
    complaints.push({ name: "BOTCTL_DATA_DIR", wrong: "is missing, and this user has no home folder", from: null });
  }
  if (complaints.length > 0 || !parsed.success || dataDir === null) throw settingsFault(complaints);

  // Made last, so that a start which is refused leaves nothing behind.
  const makeFolder = input.makeTemporaryFolder ?? (() => mkdtempSync(join(tmpdir(), "botctl-sandbox-")));
  const config = shape(parsed.data, {
    sandbox,
    dataDir: dataDirIsTemporary ? makeFolder() : dataDir,
    dataDirIsTemporary,
    placeholders: [...placeholders.keys()],
    terminal: input.terminal ?? false,
  });
  const noModel = channels.anyOn && echoes(config) ? [NO_MODEL] : [];
  return { ...config, warnings: [...channels.warnings, ...exposures(config), ...noModel] };
}

interface Circumstances extends Pick<Config, "sandbox" | "dataDir" | "dataDirIsTemporary" | "placeholders"> {
  readonly terminal: boolean;
}

function shape(values: Values, { terminal, ...circumstances }: Circumstances): Config {
  return {
    ...circumstances,
    http: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.BOTCTL_PUBLIC_URL,
      trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    },
    adminToken: values.BOTCTL_ADMIN_TOKEN,
    secretKey: values.BOTCTL_SECRET_KEY,
    messenger: {
      appSecret: values.FACEBOOK_APP_SECRET,
      previousAppSecret: values.FACEBOOK_APP_SECRET_PREVIOUS,
      verifyToken: values.FACEBOOK_VERIFY_TOKEN,
      pageAccessToken: values.FACEBOOK_PAGE_ACCESS_TOKEN,
      appId: values.FACEBOOK_APP_ID,
      graphVersion: values.FACEBOOK_GRAPH_API_VERSION,
      graphBase: values.GRAPH_API_BASE,
    },
    telegram: {
      botToken: values.BOT_TOKEN,
      webhookSecret: values.WEBHOOK_SECRET_TOKEN,
      apiBase: values.TELEGRAM_API_BASE,
      mode: values.TELEGRAM_MODE,
      sendTimeoutMs: values.TELEGRAM_SEND_TIMEOUT_MS,
    },
    model: modelOf(values),
    services: {
      agent: service(values, values.AGENT_SERVICE_BASE, values.AGENT_TIMEOUT_MS),
      users: service(values, values.USER_SERVICE_BASE, values.REQUEST_TIMEOUT),
    },
    waits: {
      enabled: values.SMART_DELAY_ENABLED,
      imageMs: values.IMAGE_KEYWORDS_WAIT,
      fileMs: values.FILE_KEYWORDS_WAIT,
      questionMs: values.DEFAULT_ATTACHMENT_WAIT,
      unfinishedMs: values.UNFINISHED_WAIT,
      attachmentFirstMs: values.ATTACHMENT_FIRST_WAIT,
      plainMs: values.PLAIN_WAIT,
      settleMs: values.SETTLE_WAIT,
      longestMs: values.MAX_CONTEXT_TTL,
      mostGathering: values.MAX_PENDING_CONTEXTS,
    },
    history: {
      limit: values.HISTORY_LIMIT,
      tokenBudget: values.HISTORY_TOKEN_BUDGET,
      ttlMs: values.CONVERSATION_TTL_HOURS,
    },
    turnConcurrency: values.TURN_CONCURRENCY,
    limits: {
      perUserPerMinute: values.FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE || null,
      perAccountPerMinute: values.ACCOUNT_RATE_LIMIT_MESSAGES_PER_MINUTE || null,
    },
    delivery: {
      processingTimeoutMs: values.MESSENGER_PROCESSING_TIMEOUT_MS,
      sendTimeoutMs: values.MESSENGER_SEND_TIMEOUT_MS,
      quickRetries: values.MESSENGER_MAX_RETRIES,
      echoGraceMs: values.ECHO_GRACE_MS,
      telegramAmbiguous: values.TELEGRAM_AMBIGUOUS,
      shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    },
    takeoverMs: values.TAKEOVER_HOURS,
    alerts: { telegramChat: values.ALERT_TELEGRAM_CHAT },
    retention: { payloadMs: values.RETENTION_PAYLOAD_DAYS, textMs: values.RETENTION_TEXT_DAYS },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT ?? (terminal ? "pretty" : "json") },
    contactEmail: values.CONTACT_EMAIL,
    warnings: [],
  };
}

/** A model is there when there is a key, or an address other than Groq's, whose servers may ask for none. */
function modelOf(values: Values): Config["model"] {
  if (values.GROQ_API_KEY === null && new URL(values.GROQ_BASE_URL).hostname === "api.groq.com") return null;
  return {
    kind: "groq",
    apiKey: values.GROQ_API_KEY,
    baseUrl: values.GROQ_BASE_URL,
    model: values.GROQ_MODEL,
    visionModel: values.GROQ_VISION_MODEL,
    speechModel: values.GROQ_SPEECH_MODEL,
    systemPrompt: values.SYSTEM_PROMPT,
  };
}

function service(values: Values, baseUrl: string | null, timeoutMs: number): ServiceSettings | null {
  if (baseUrl === null) return null;
  return { baseUrl, apiKey: values.SERVICE_API_KEY, apiHeader: values.SERVICE_API_HEADER, timeoutMs };
}
