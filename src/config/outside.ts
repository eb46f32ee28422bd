/** The settings of what botctl talks to. `--sandbox` brings its own and looks at none of these. */
import { address, duration, noSpaces, oneOf, shaped, text, whole } from "./kinds.ts";
import { having, maybe } from "./setting.ts";

const graphVersion = shaped(/^v\d{1,3}\.\d{1,2}$/, "is not a version of the Graph API");

export const messenger = {
  FACEBOOK_APP_SECRET: maybe(noSpaces, "proves that a webhook comes from Meta; needed for Messenger", {
    example: "<App secret, from App settings → Basic>",
    secret: true,
  }),
  FACEBOOK_VERIFY_TOKEN: maybe(text, "answers Meta's check of the webhook address; needed for Messenger", {
    example: "<any phrase, the same as in Meta's webhook form>",
    secret: true,
  }),
  FACEBOOK_PAGE_ACCESS_TOKEN: maybe(
    noSpaces,
    "a page's token, an account from then on; another page's token adds that page",
    {
      example: "<the page's token, from Messenger API settings>",
      secret: true,
    },
  ),
  FACEBOOK_APP_ID: maybe(noSpaces, "tells the bot's own echoes from a human's answers", {
    example: "1234567890123456",
    shownDefault: "learned from Graph",
    ownersOwn: true,
  }),
  FACEBOOK_APP_SECRET_PREVIOUS: maybe(noSpaces, "still accepted while the app secret changes", {
    example: "<the app secret before this one>",
    secret: true,
  }),
  FACEBOOK_GRAPH_API_VERSION: having(graphVersion, "v24.0", "version of the Graph API"),
  GRAPH_API_BASE: having(address(), "https://graph.facebook.com", "where the Graph API is"),
};

// The token becomes part of an address, so nothing that could bend the path gets in.
const botToken = shaped(/^[A-Za-z0-9_:-]+$/, "is not a token as @BotFather gives them");
/** Source: setWebhook's `secret_token`. */
const webhookSecret = shaped(/^[A-Za-z0-9_-]{1,256}$/, "is not 1 to 256 of the characters A-Z a-z 0-9 _ -");

export const telegram = {
  BOT_TOKEN: maybe(botToken, "a Telegram bot's token, an account from then on", {
    example: "<what @BotFather gave you>",
    secret: true,
  }),
  WEBHOOK_SECRET_TOKEN: maybe(
    webhookSecret,
    "proves that a webhook comes from Telegram; setWebhook is given the same",
    {
      example: "<32 random letters and digits>",
      shownDefault: "made and kept per bot",
      secret: true,
    },
  ),
  TELEGRAM_API_BASE: having(address(), "https://api.telegram.org", "where the Bot API is"),
  TELEGRAM_MODE: having(
    oneOf(["webhook", "polling"]),
    "webhook",
    "how messages come: by `webhook`, or by `polling`, which needs no public address",
  ),
  TELEGRAM_SEND_TIMEOUT_MS: having(whole(100, 120_000), "10000", "longest one send to Telegram may take"),
};

// Groq's client adds `/openai/v1` to an address without a path; any other path would end up in the middle of it.
const modelBase = address((path) =>
  path === "" || path.endsWith("/v1") ? null : "has a path that does not end in /v1",
);

export const model = {
  GROQ_API_KEY: maybe(noSpaces, "key of the model's API; a server of your own may need none", {
    example: "<a key from console.groq.com/keys>",
    secret: true,
  }),
  GROQ_BASE_URL: having(
    modelBase,
    "https://api.groq.com",
    "without a path: Groq's own is added; ending in `/v1`: any OpenAI-compatible server",
    { example: "http://127.0.0.1:11434/v1", ownersOwn: true },
  ),
  GROQ_MODEL: having(text, "openai/gpt-oss-120b", "model that answers"),
  GROQ_VISION_MODEL: having(text, "qwen/qwen3.8-27b", "model that looks at pictures"),
  GROQ_SPEECH_MODEL: having(text, "whisper-large-v3-turbo", "model that listens to voice messages"),
  SYSTEM_PROMPT: maybe(text, "who the bot is and how it talks", {
    example: '"You are the assistant of a flower shop."',
    shownDefault: "a short built-in one",
    mayBeFile: true,
  }),
  SYSTEM_PROMPT_FILE: maybe(text, "a file that holds it, instead", { example: "/etc/botctl/prompt.txt" }),
};

const headerName = shaped(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "is not the name of a header");

export const services = {
  AGENT_SERVICE_BASE: maybe(address(), "a service of yours that answers instead of the model", {
    example: "http://127.0.0.1:9000",
    ownersOwn: true,
  }),
  AGENT_TIMEOUT_MS: having(whole(100, 600_000), "30000", "longest that service may take for one answer"),
  USER_SERVICE_BASE: maybe(address(), "a service of yours that keeps users and interactions", {
    example: "http://127.0.0.1:9001",
    ownersOwn: true,
  }),
  SERVICE_API_KEY: maybe(noSpaces, "key for both services", {
    example: "<the key your services expect>",
    secret: true,
  }),
  SERVICE_API_HEADER: having(headerName, "X-API-Key", "header that carries it"),
  REQUEST_TIMEOUT: having(
    duration("seconds", 0.1, 600),
    "10",
    "longest a call of the user service may take, in seconds",
  ),
};
