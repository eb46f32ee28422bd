/**
 * setWebhook and what follows: one POST for each update, again until it is taken, and strictly in order inside a chat.
 *
 *   queue ──lane free──▶ POST ──2xx──▶ acknowledged, lane free
 *                          └──else──▶ lane waits: 0, 2, 4, 8 … 60 s, or what Retry-After asks for
 */
import type { Clock } from "../../core/clock.ts";
import { Idle } from "../idle.ts";
import { asText, type JsonObject } from "../json.ts";
import { badRequest, tooMany, type BotResult } from "./answer.ts";
import { asInteger, asSwitch } from "./call.ts";
import type { Mailbox, Pending } from "./mailbox.ts";

/** One webhook POST and what came of it. */
export interface WebhookPost {
  readonly updateId: number;
  /** The HTTP status; null when nothing answered in time. */
  readonly status: number | null;
  /** Epoch ms. */
  readonly at: number;
}

/** Telegram waits this long for an answer. */
const ANSWER_LIMIT_MS = 60_000;
const LONGEST_RETRY_S = 60;
const LONGEST_RETRY_AFTER_S = 3_600;
const CONNECTIONS = 40;
const PORTS = ["", "443", "80", "88", "8443"];

interface Setting {
  readonly url: string;
  readonly secret: string | null;
  readonly connections: number;
}

export class Webhook {
  /** Every POST made so far, in the order of the answers. */
  readonly posts: WebhookPost[] = [];
  private setting: Setting | null = null;
  private readonly busy = new Map<string, (() => void) | null>();
  private readonly failures = new Map<number, number>();
  private lastError: { readonly at: number; readonly message: string } | null = null;
  private lastSetAt = Number.NEGATIVE_INFINITY;
  private underWay = 0;
  private readonly calm = new Idle(
    () => this.underWay === 0 && (this.setting === null || this.mailbox.pending().length === 0),
  );

  /** @param local whether plain HTTP and any port may be set, as at a Bot API server of one's own */
  constructor(
    private readonly mailbox: Mailbox,
    private readonly clock: Clock,
    private readonly local: boolean,
  ) {
    mailbox.onNew = () => this.pump();
  }

  get url(): string {
    return this.setting?.url ?? "";
  }

  set(params: JsonObject): BotResult {
    const url = asText(params["url"]) ?? "";
    if (url === "") return this.remove(params);
    if (this.clock.now() - this.lastSetAt < 1_000) return tooMany(1);
    const secret = asText(params["secret_token"]);
    const complaint = this.complaintAbout(url, secret ?? "");
    if (complaint !== null) return badRequest(complaint);
    this.lastSetAt = this.clock.now();
    this.mailbox.interrupt("Conflict: terminated by setWebhook request");
    this.mailbox.allow(params["allowed_updates"]);
    if (asSwitch(params["drop_pending_updates"])) this.mailbox.drop();
    const connections = Math.min(Math.max(asInteger(params["max_connections"]) ?? CONNECTIONS, 1), 100);
    const isSame = this.setting?.url === url && this.setting.secret === secret;
    this.point({ url, secret, connections });
    return { ok: true, description: isSame ? "Webhook is already set" : "Webhook was set" };
  }

  remove(params: JsonObject): BotResult {
    if (asSwitch(params["drop_pending_updates"])) this.mailbox.drop();
    const wasSet = this.setting !== null;
    this.point(null);
    return { ok: true, description: wasSet ? "Webhook was deleted" : "Webhook is already deleted" };
  }

  /** getWebhookInfo. The secret is never told. */
  info(): BotResult {
    const { setting, lastError, mailbox } = this;
    const { allowed } = mailbox;
    return {
      ok: {
        url: this.url,
        has_custom_certificate: false,
        pending_update_count: mailbox.pending().length,
        ...(setting === null ? {} : { max_connections: setting.connections, ip_address: "127.0.0.1" }),
        ...(lastError === null
          ? {}
          : { last_error_date: Math.trunc(lastError.at / 1_000), last_error_message: lastError.message }),
        ...(allowed === null ? {} : { allowed_updates: allowed }),
      },
    };
  }

  /** Resolves when nothing waits to be posted; at once without a webhook. */
  idle(): Promise<void> {
    return this.calm.reached();
  }

  stop(): void {
    this.point(null);
  }

  private point(setting: Setting | null): void {
    for (const cancel of this.busy.values()) cancel?.();
    this.busy.clear();
    this.failures.clear();
    this.lastError = null;
    this.setting = setting;
    this.pump();
    this.calm.look();
  }

  private complaintAbout(url: string, secret: string): string | null {
    if (secret.length > 256) return "secret token is too long";
    if (!/^[\w-]*$/.test(secret)) return "secret token contains unallowed characters";
    const address = URL.parse(url);
    if (address === null) return "bad webhook: Failed to resolve host";
    if (this.local) return null;
    if (address.protocol !== "https:") return "bad webhook: An HTTPS URL must be provided for webhook";
    return PORTS.includes(address.port) ? null : "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443";
  }

  private pump(): void {
    const { setting } = this;
    if (setting === null) return;
    for (const pending of this.mailbox.pending()) {
      if (this.underWay >= setting.connections) return;
      if (this.busy.has(pending.lane)) continue;
      this.busy.set(pending.lane, null);
      void this.deliver(pending, setting);
    }
  }

  private async deliver(pending: Pending, setting: Setting): Promise<void> {
    this.underWay++;
    const { status, retryAfterS } = await post(setting, pending.update);
    this.underWay--;
    this.posts.push({ updateId: pending.id, status, at: this.clock.now() });
    const isTaken = status !== null && status >= 200 && status < 300;
    if (isTaken) {
      this.mailbox.acknowledge(pending.id);
      this.failures.delete(pending.id);
    }
    // Pointed elsewhere meanwhile: the lanes are those of another address.
    if (this.setting === setting) {
      if (isTaken) this.busy.delete(pending.lane);
      else this.holdBack(pending, status, retryAfterS);
    }
    this.pump();
    this.calm.look();
  }

  /** Nothing of this lane goes out until this update's next turn. */
  private holdBack({ id, lane }: Pending, status: number | null, retryAfterS: number | null): void {
    const message = status === null ? "Connection refused" : `Wrong response from the webhook: ${status}`;
    this.lastError = { at: this.clock.now(), message };
    const failures = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, failures);
    const scheduleS = failures === 1 ? 0 : Math.min(2 ** (failures - 1), LONGEST_RETRY_S);
    const cancel = this.clock.after((retryAfterS ?? scheduleS) * 1_000, () => {
      this.busy.delete(lane);
      this.pump();
      this.calm.look();
    });
    this.busy.set(lane, cancel);
  }
}

async function post(
  { url, secret }: Setting,
  update: JsonObject,
): Promise<{ readonly status: number | null; readonly retryAfterS: number | null }> {
  const proof = secret === null || secret === "" ? {} : { "x-telegram-bot-api-secret-token": secret };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...proof },
      body: JSON.stringify(update),
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    await response.arrayBuffer();
    const asked = asInteger(response.headers.get("retry-after"));
    return { status: response.status, retryAfterS: asked === null ? null : Math.min(asked, LONGEST_RETRY_AFTER_S) };
  } catch {
    return { status: null, retryAfterS: null };
  }
}
