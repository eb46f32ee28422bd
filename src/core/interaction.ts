/**
 * What the owner's user service is told (T6): every message in and out of people on Telegram, in order for each of them.
 *
 * An interaction is a delivery that has no deadline, whose outcome can be looked up, and that waits for one service and for
 * no platform's account:
 *
 *   pending ──lease──▶ sending ──▶ sent
 *      ▲                  │  ├──▶ dead     (the service refuses this one)
 *      ├── busy, away, ───┘  └──▶ parked   (the service refuses us)
 *      │   or unknown                │
 *      └────────── flush, start ─────┘
 */
import { capped } from "./capped.ts";
import { isSimulated, type Whose } from "./conversation.ts";
import { settle, type DeliveryFacts, type SendOutcome, type Settled } from "./delivery.ts";
import { retryDelayMs } from "./retry.ts";
import type { Reply } from "./reply.ts";
import type { Content, Update } from "./update.ts";

/** What is stored of one until it is told. */
export interface Interaction {
  readonly direction: "in" | "out";
  /** The platform's id of the message; null when it has none, or is not known yet. */
  readonly messageId: string | null;
  readonly text: string;
  /** At most 16 KiB as JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An interaction in a worker's hands. */
export interface LeasedInteraction extends Interaction {
  /** The delivery's id. */
  readonly id: string;
  readonly whose: Whose;
  /** What the person is called; null when the platform did not say. */
  readonly name: string | null;
  /** It may have arrived already, so it is looked for before it is sent. */
  readonly inDoubt: boolean;
  /** The service's ids of what it was told before this one, the latest; empty when it is not in doubt. */
  readonly told: readonly string[];
  readonly attempts: number;
  /** Proof that the lease is still this worker's. */
  readonly fence: number;
  readonly createdAt: number;
}

/** What becomes of one attempt; the classes of guarantees §3. `account`: the service refuses us, `request`: this one. */
export type ReportOutcome = Extract<
  SendOutcome,
  { readonly kind: "sent" | "unsent" | "throttled" | "unlikely" | "ambiguous" | "account" | "request" }
>;

/** The owner's user service. */
export interface UserService {
  /** Makes one attempt. An answer of the service is an outcome, never a throw. */
  report(interaction: LeasedInteraction, signal: AbortSignal): Promise<ReportOutcome>;
}

export interface InteractionPolicy {
  /** Whether it is told of what this contact says and is told. */
  readonly isReported: (who: Pick<Whose, "channel" | "contact">) => boolean;
  /** Retries before jitter is added. */
  readonly quickRetries: number;
  /** What may still be under way is left alone for so long before it is looked for, ms. */
  readonly graceMs: number;
}

/** Verbs of the store for them. */
export interface InteractionVerbs {
  /** Leases the oldest one of each person that is due. */
  leaseInteractions(
    now: number,
    limit: number,
  ): Promise<{ readonly leased: readonly LeasedInteraction[]; readonly nextAt: number | null }>;
  settleInteraction(
    lease: Pick<LeasedInteraction, "id" | "fence">,
    outcome: ReportOutcome,
    now: number,
    chance: number,
  ): Promise<Settled | "stale">;
  /** The service is there again: all that waits is due; what may still be under way, after its grace at the latest. */
  hastenInteractions(now: number): Promise<void>;
}

/** The service is told the raw update up to so many bytes of JSON. */
const METADATA_BYTES = 16 * 1_024;

/** A service that answers, but fails with the same one so often, will not take it. */
const MOST_FAILURES = 12;

/** Ids of people on Telegram are above zero, those of groups below. */
const PERSON = /^\d{1,20}$/;

/** Who the source system's user service knows: people on Telegram, not groups, and nobody that `simulate` made up. */
export function isTelegramPerson(who: Pick<Whose, "channel" | "contact">): boolean {
  return who.channel === "telegram" && PERSON.test(who.contact) && !isSimulated(who);
}

/**
 * A message or a tap, as the service is told of it. The raw update is its metadata, unwrapped.
 *
 * @param body the update as the platform sent it; null when it is no longer there
 */
export function heard({ content, messageId }: Update, body: string | null): Interaction {
  return { direction: "in", messageId, text: wordsOf(content), metadata: capped(objectIn(body), METADATA_BYTES) };
}

/** What was said to a person. @param id told along, so that it can be found again */
export function said(id: string, by: "bot" | "human", kind: "message" | "notice", reply: Reply): Interaction {
  const metadata = capped({ interaction_id: id, by, kind, actions: reply.actions }, METADATA_BYTES);
  return { direction: "out", messageId: null, text: reply.text, metadata };
}

/** What was said; for attachments without words their kinds: "[image]". */
function wordsOf(content: Content): string {
  if (content.kind === "tap") return content.title;
  if (content.kind !== "message") return "";
  if (content.text !== "") return content.text;
  return content.attachments.map(({ kind, title }) => (title === null ? `[${kind}]` : `[${kind}: ${title}]`)).join(" ");
}

function objectIn(body: string | null): Readonly<Record<string, unknown>> {
  const value: unknown = body === null ? null : JSON.parse(body);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * What an attempt does to an interaction: as to any delivery, but that an unknown outcome leaves it pending, to be looked
 * for first, and that nothing is too late.
 *
 * @param chance a number in [0, 1), for jitter
 */
export function settleInteraction(
  facts: DeliveryFacts,
  outcome: ReportOutcome,
  now: number,
  chance: number,
  policy: Pick<InteractionPolicy, "quickRetries" | "graceMs">,
): Settled {
  const { quickRetries, graceMs } = policy;
  const settled = settle(facts, outcome, now, chance, { quickRetries, echoGraceMs: graceMs, ambiguous: "resend-once" });
  if (outcome.kind !== "ambiguous" && outcome.kind !== "unlikely") return settled;
  if (outcome.kind === "unlikely" && facts.rounds >= MOST_FAILURES) {
    return { ...settled, state: "dead", error: `${settled.error}, ${facts.rounds + 1} times, while it answers` };
  }
  const patienceMs = outcome.kind === "ambiguous" ? graceMs : 0;
  const nextAt = now + retryDelayMs(facts.attempts, chance, { quickRetries }, patienceMs);
  return { ...settled, state: "pending", rounds: facts.rounds + 1, nextAt };
}
