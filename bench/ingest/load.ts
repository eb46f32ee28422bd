/** What the measured servers and the load have in common: the page, its secrets, and the webhooks that a page receives. */

export const PAGE_ID = "100000000000001";
export const APP_ID = "200000000000002";
export const APP_SECRET = "bench-app-secret-0123456789abcdef";
export const VERIFY_TOKEN = "bench-verify-token";
export const PAGE_TOKEN = "bench-page-token-0123456789abcdef";
export const WEBHOOK_PATH = "/api/webhooks/messenger";

/** What shop customers write, as JSON holds it on Meta's wire: ASCII, the rest escaped. */
const TEXTS = [
  "Hello, do you still have the blue ceramic vase from last week, and what does it cost with delivery?",
  "ch\\u00e0o shop, m\\u00ecnh mu\\u1ed1n \\u0111\\u1eb7t hai b\\u00f3 hoa h\\u1ed3ng cho s\\u00e1ng mai",
  "Thanks a lot, that is exactly what I was looking for.",
  "My order number is 48213 and the parcel has not come yet, can you look where it is please",
  "giao gi\\u00fap m\\u00ecnh v\\u1ec1 12 Nguy\\u1ec5n Hu\\u1ec7, qu\\u1eadn 1 nh\\u00e9 shop",
  "ok",
  "Two of the small ones and one of the large ones, the same colour as in the second picture of your album",
] as const;

/** About as long as Meta's ids are. */
const MID_TAIL = "aBcD3fGh1JkLmN0pQrStUvWxYz".repeat(4);

/** A request in one buffer, and where its changing parts stand. */
interface Template {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly bodyAt: number;
  readonly signatureAt: number;
  readonly senderAt: number;
  readonly midAt: number;
  readonly numberAt: number;
  readonly timesAt: readonly number[];
}

const DIGITS = { sender: 16, mid: 24, time: 13, number: 8 } as const;

/**
 * Endless signed webhooks, no two alike. A request is a template in which digits are replaced and the signature is made
 * anew: about 3 µs each, so that the load is not what limits the measured server.
 */
export class Webhooks {
  private readonly templates: readonly Template[] = TEXTS.map(templateOf);
  private readonly run = Date.now().toString(16).padStart(12, "0").slice(-12);
  private count = 0;
  private chance = 0x2545f491;

  /** @param conversations senders to spread the messages over */
  constructor(private readonly conversations: number) {}

  /** @returns a whole HTTP request; the buffer is used again by a later call */
  next(now: number): Uint8Array {
    this.count += 1;
    // Marsaglia's xorshift: people write in no order, and the same in every run.
    this.chance ^= this.chance << 13;
    this.chance ^= this.chance >>> 17;
    this.chance ^= this.chance << 5;
    return this.from(this.chance >>> 0, now);
  }

  /** The same from a certain sender. */
  from(sender: number, now: number): Uint8Array {
    const template = this.templates[this.count % this.templates.length];
    if (template === undefined) throw new Error("there are no texts");
    const { bytes, bodyAt, signatureAt, senderAt, midAt, numberAt, timesAt } = template;
    bytes.write(senderOf(sender % this.conversations), senderAt, "latin1");
    bytes.write(this.run + this.count.toString(16).padStart(DIGITS.mid - this.run.length, "0"), midAt, "latin1");
    // No two texts alike, as in life: whoever remembers a text gains nothing.
    bytes.write(String(this.count).padStart(DIGITS.number, "0"), numberAt, "latin1");
    const time = String(now);
    for (const at of timesAt) bytes.write(time, at, "latin1");
    const signature = new Bun.CryptoHasher("sha256", APP_SECRET).update(bytes.subarray(bodyAt)).digest("hex");
    bytes.write(signature, signatureAt, "latin1");
    return bytes;
  }

  /** Counts on without `next`, for `from`. */
  advance(): void {
    this.count += 1;
  }
}

/** A sender's id; 16 digits, as Meta's are. */
export function senderOf(index: number): string {
  return String(7_000_000_000_000_000 + index);
}

function templateOf(text: string): Template {
  const [sender, mid, time] = ["1".repeat(DIGITS.sender), "0".repeat(DIGITS.mid), "2".repeat(DIGITS.time)];
  const number = "3".repeat(DIGITS.number);
  const message = `{"mid":"m_${mid}${MID_TAIL}","text":"${text} ${number}"}`;
  const event = `{"sender":{"id":"${sender}"},"recipient":{"id":"${PAGE_ID}"},"timestamp":${time},"message":${message}}`;
  const body = `{"object":"page","entry":[{"time":${time},"id":"${PAGE_ID}","messaging":[${event}]}]}`;
  const head = [
    `POST ${WEBHOOK_PATH} HTTP/1.1`,
    "Host: 127.0.0.1",
    "User-Agent: facebookexternalua",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `X-Hub-Signature-256: sha256=${"f".repeat(64)}`,
    "",
    "",
  ].join("\r\n");
  const bodyAt = head.length;
  const request = head + body;
  const firstTime = request.indexOf(time, bodyAt);
  return {
    bytes: Buffer.from(request, "latin1"),
    bodyAt,
    signatureAt: head.indexOf("sha256=") + "sha256=".length,
    senderAt: request.indexOf(sender, bodyAt),
    midAt: request.indexOf(mid, bodyAt),
    numberAt: request.indexOf(number, bodyAt),
    timesAt: [firstTime, request.indexOf(time, firstTime + 1)],
  };
}
