import type { Access } from "../../core/account.ts";
import type {
  ChangeOutcome,
  Finding,
  OurAddresses,
  Subscription,
  SubscriptionOutcome,
} from "../../core/subscription.ts";
import { botCall } from "./api.ts";
import type { TelegramSettings } from "./bots.ts";
import { WANTED_UPDATES } from "./kinds.ts";
import { outcomeOf } from "./outcome.ts";
import { Answer, WebhookInfo } from "./schema.ts";
import type { Method, Params } from "./shapes.ts";

/** Older failures are over: Telegram keeps the last one in its notes for good. */
const RECENT_MS = 3_600_000;
/** Telegram's words about our own address; they hold no token, and no more of them is needed. */
const LONGEST_REASON = 200;

/** What Telegram's notes say of a bot's webhook, compared with what we want. */
export async function inspect(
  settings: TelegramSettings,
  { token }: Access,
  ours: OurAddresses,
  signal: AbortSignal,
): Promise<SubscriptionOutcome> {
  const answer = await asked(settings, "getWebhookInfo", token, {}, signal);
  if (answer.kind === "rejected") return { kind: "unreachable", reason: answer.reason };
  if (answer.kind !== "done") return answer;
  const info = WebhookInfo.safeParse(answer.result).data;
  if (info === undefined) return { kind: "unreachable", reason: "the Bot API told nothing of the webhook" };
  return { kind: "known", subscription: judged(info, ours, settings) };
}

/** Sets the webhook, or takes it away where messages are asked for. What waits at Telegram is kept in either case. */
export async function subscribe(
  settings: TelegramSettings,
  access: Access,
  [url]: OurAddresses,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  if (settings.polls) return await unsubscribe(settings, access, signal);
  const bot = settings.botAt(access.externalId);
  if (url === undefined || bot === null) return { kind: "rejected", reason: "this server has no address for the bot" };
  const params = { url, secret_token: bot.webhookSecret, allowed_updates: WANTED_UPDATES };
  return changed(await asked(settings, "setWebhook", access.token, params, signal));
}

export async function unsubscribe(
  settings: TelegramSettings,
  { token }: Access,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  return changed(await asked(settings, "deleteWebhook", token, { drop_pending_updates: false }, signal));
}

type Asked = Exclude<ChangeOutcome, { kind: "done" }> | { readonly kind: "done"; readonly result: unknown };

function changed(answer: Asked): ChangeOutcome {
  return answer.kind === "done" ? { kind: "done" } : answer;
}

async function asked<M extends Method>(
  settings: TelegramSettings,
  method: M,
  token: string,
  params: Params<M>,
  signal: AbortSignal,
): Promise<Asked> {
  const answer = await botCall(settings, method, token, params, signal);
  if (answer.kind !== "answered") return { kind: "unreachable", reason: answer.reason };
  const { status, headers, body } = answer;
  const told = Answer.safeParse(body).data;
  if (told?.ok === true && status === 200) return { kind: "done", result: told.result };
  const { kind, ...outcome } = outcomeOf(status, headers, body);
  const reason = "reason" in outcome ? outcome.reason : `HTTP ${status}`;
  if (kind === "account") return { kind: "refused", reason };
  if (kind !== "request" && kind !== "recipient") return { kind: "unreachable", reason };
  return { kind: "rejected", reason: (told?.description ?? reason).slice(0, LONGEST_REASON) };
}

function judged(info: WebhookInfo, ours: OurAddresses, { polls, now }: TelegramSettings): Subscription {
  const url = info.url === "" ? null : info.url;
  const updates = info.allowed_updates ?? null;
  const pending = info.pending_update_count ?? null;
  const lastError =
    info.last_error_date == null
      ? null
      : { at: info.last_error_date * 1_000, message: (info.last_error_message ?? "").slice(0, LONGEST_REASON) };
  const leads = leadsTo(url, ours, polls);
  const findings = [
    leads === "here" && !polls ? null : misled(url, ours, polls),
    lacking(updates),
    waiting(pending, polls),
    failing(lastError, pending ?? 0, now()),
  ].filter((finding) => finding !== null);
  return { leads, url, updates, pending, lastError, findings };
}

function leadsTo(url: string | null, ours: OurAddresses, polls: boolean): Subscription["leads"] {
  if (polls) return url === null ? "here" : "elsewhere";
  if (url === null) return "nowhere";
  return ours.includes(url) ? "here" : "elsewhere";
}

const SUBSCRIBE = "Run `botctl accounts subscribe`.";
const ASKS_FIRST = "Run `botctl accounts subscribe`, which asks before it changes that.";

function misled(url: string | null, ours: OurAddresses, polls: boolean): Finding | null {
  if (polls) {
    if (url === null) return null;
    const message = `Telegram sends its messages to ${url}, and so gives none to who asks for them (TELEGRAM_MODE=polling)`;
    return { code: "webhook_set", message, fix: ASKS_FIRST };
  }
  const [mine] = ours;
  if (url === null) return { code: "nowhere", message: "no webhook is set, so no message comes", fix: SUBSCRIBE };
  if (mine !== undefined) {
    return { code: "elsewhere", message: `Telegram sends its messages to ${url} and not to ${mine}`, fix: ASKS_FIRST };
  }
  return {
    code: "address_unknown",
    message: `Telegram sends its messages to ${url}, and whether that is this server cannot be told`,
    fix: "Set BOTCTL_PUBLIC_URL to this server's public address.",
  };
}

function lacking(updates: readonly string[] | null): Finding | null {
  const missing = updates === null ? [] : WANTED_UPDATES.filter((kind) => !updates.includes(kind));
  if (missing.length === 0) return null;
  return { code: "updates_missing", message: `Telegram keeps back: ${missing.join(", ")}`, fix: SUBSCRIBE };
}

function waiting(pending: number | null, polls: boolean): Finding | null {
  if (pending === null || pending === 0) return null;
  const what = pending === 1 ? "1 update waits" : `${pending} updates wait`;
  return {
    code: "pending",
    message: `${what} at Telegram to be ${polls ? "asked for" : "taken"}`,
    fix: "Look again in a minute; if they still wait, the other findings or the server's log say why.",
  };
}

function failing(lastError: Subscription["lastError"], pending: number, now: number): Finding | null {
  if (lastError === null || (pending === 0 && now - lastError.at > RECENT_MS)) return null;
  return {
    code: "last_error",
    message: `Telegram could not bring an update: ${lastError.message}`,
    fix:
      REMEDIES.find(([words]) => words.test(lastError.message))?.[1] ??
      "Check that the address is reached from outside.",
  };
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/\b(401|403)\b/, "The secret is not the bot's, or a proxy is in the way. Run `botctl accounts subscribe`."],
  [/\b404\b/, "The address leads to something else: check the proxy, and that TELEGRAM_MODE is webhook."],
  [/\b5\d\d\b/, "The server or its proxy was down or could not store; see the server's log."],
  [/SSL|certificate|TLS/i, "The certificate is not one that Telegram trusts; see the README's lines for Caddy."],
  [/timeout|timed out/i, "The server took too long, or a firewall is in the way."],
  [/refused|resolve|unreachable/i, "Nobody answers at that address: check DNS, the proxy, and that the server runs."],
];
