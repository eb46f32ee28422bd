/** What the platform tells the bot's server: the echo of everything that was sent, and the handshake before that. */
import type { Clock } from "../core/clock.ts";
import { Idle } from "./idle.ts";
import { asList, asObject, type JsonObject } from "./json.ts";
import { signedWebhook } from "./sign.ts";

/** A message that people see in the thread. */
export interface Echoed {
  readonly page: string;
  readonly recipient: string;
  /** The message object as it was sent. */
  readonly body: JsonObject;
  readonly messageId: string;
  /** Epoch ms. */
  readonly at: number;
}

/** One webhook POST and what came of it. */
export interface EchoPost {
  readonly messageId: string;
  /** The HTTP status; null when nothing answered in time. */
  readonly status: number | null;
  readonly at: number;
}

/** Meta waits this long for a 200. */
const ANSWER_LIMIT_MS = 5_000;
/** Meta publishes no schedule: "immediately, then a few more times". */
const RETRY_AFTER_MS = [0, 1_000, 5_000, 15_000, 60_000];
/** The app behind the inbox where a page's own people write. */
const INBOX_APP_ID = "263902037430900";

export class Echoes {
  /** Off: nothing is echoed. What is under way still goes out. */
  on = true;
  /** From accepting a message to its echo. */
  delayMs = 20;
  /** Every POST made so far, in the order of the answers. */
  readonly posts: EchoPost[] = [];

  private lost = 0;
  private readonly owed = new Set<() => void>();
  private readonly calm = new Idle(() => this.owed.size === 0);
  private stopped = false;

  /**
   * @param url where the bot's server takes webhooks; null: nowhere, nothing is echoed. May be set later
   * @param appId the app that sends, named in each echo
   */
  constructor(
    public url: string | null,
    private readonly appId: string,
    private readonly appSecret: string,
    private readonly clock: Clock,
  ) {}

  /** The next `count` echoes never come. */
  lose(count: number): void {
    this.lost += count;
  }

  /** Owes the echo of a message that the bot sent. */
  ofBot(message: Echoed): void {
    if (!this.on || this.url === null) return;
    if (this.lost > 0) this.lost--;
    else this.post(message, this.appId, this.delayMs, 0);
  }

  /** A human answers from the page's own inbox: the bot hears of it at once, and nothing else happens. */
  ofHuman(page: string, recipient: string, text: string, messageId: string): void {
    this.post({ page, recipient, body: { text }, messageId, at: this.clock.now() }, INBOX_APP_ID, 0, 0);
  }

  /** Resolves when no echo is owed any more; at once when none is. */
  idle(): Promise<void> {
    return this.calm.reached();
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of this.owed) cancel();
    this.owed.clear();
    this.calm.look();
  }

  private post(message: Echoed, appId: string, delayMs: number, retries: number): void {
    if (this.stopped) return;
    const callback = this.clock.after(delayMs, () => {
      void this.deliver(message, appId).then((status) => {
        const nextMs = RETRY_AFTER_MS[retries];
        if (status !== 200 && nextMs !== undefined) this.post(message, appId, nextMs, retries + 1);
        this.owed.delete(callback);
        this.calm.look();
      });
    });
    this.owed.add(callback);
  }

  private async deliver(message: Echoed, appId: string): Promise<number | null> {
    const status = this.url === null ? null : await postTo(this.url, echoBody(message, appId), this.appSecret);
    this.posts.push({ messageId: message.messageId, status, at: this.clock.now() });
    return status;
  }
}

/**
 * Asks a server whether it is ours, as Meta does when a webhook address is set.
 *
 * @returns null when it gave the challenge back; else what it did instead
 */
export async function shakeHands(url: string, verifyToken: string, challenge: string): Promise<string | null> {
  const address = new URL(url);
  address.searchParams.set("hub.mode", "subscribe");
  address.searchParams.set("hub.verify_token", verifyToken);
  address.searchParams.set("hub.challenge", challenge);
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const said = await response.text();
    if (response.status !== 200) return `HTTP Status Code = ${response.status}`;
    return said === challenge ? null : "the challenge did not come back";
  } catch {
    return "no answer";
  }
}

async function postTo(url: string, body: unknown, appSecret: string): Promise<number | null> {
  const { bytes, headers } = signedWebhook(body, appSecret);
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const response = await fetch(url, { method: "POST", body: bytes, headers, signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** In an echo the page is the sender, and the person the recipient. */
function echoBody({ page, recipient, body, messageId, at }: Echoed, appId: string): unknown {
  const { text, metadata, attachment } = body;
  const message = {
    is_echo: true,
    app_id: appIdAsSent(appId),
    mid: messageId,
    ...(metadata === undefined ? {} : { metadata }),
    ...(text === undefined ? {} : { text }),
    ...(attachment === undefined ? {} : { attachments: [echoedAttachment(attachment)] }),
  };
  const event = { sender: { id: page }, recipient: { id: recipient }, timestamp: at, message };
  return { object: "page", entry: [{ id: page, time: at, messaging: [event] }] };
}

/** Meta writes app ids as numbers here; one that a number cannot hold stays text. */
function appIdAsSent(appId: string): number | string {
  const number = Number(appId);
  return Number.isSafeInteger(number) && String(number) === appId ? number : appId;
}

/** A template comes back with its title on the outside; a file comes back as it went. */
function echoedAttachment(attachment: unknown): unknown {
  const { type, payload } = asObject(attachment) ?? {};
  if (type !== "template") return { type, payload };
  const { text, elements } = asObject(payload) ?? {};
  const first = asObject(asList(elements)[0]);
  return { type, title: text ?? first?.["title"] ?? "", url: null, payload };
}
