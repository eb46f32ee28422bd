/** How an account's updates find their way here: what the platform has noted down, and changing that. */
import type { Access } from "./account.ts";

/** Something that keeps updates from coming, or soon will. */
export interface Finding {
  /** For programs: "elsewhere", "pending". */
  readonly code: string;
  /** What it is, for people, without tokens. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What the platform has noted down. */
export interface Subscription {
  /**
   * Where updates go. `elsewhere`: somebody else gets them, and is not to lose them without being asked (R12). Where they
   * are asked for instead (polling), a webhook of any kind is elsewhere, and none is `here`.
   */
  readonly leads: "here" | "elsewhere" | "nowhere";
  /** The address in the platform's notes; null for none, or when it does not tell. */
  readonly url: string | null;
  /** Kinds of updates it sends; null: its own choice. */
  readonly updates: readonly string[] | null;
  /** Updates that wait there; null when it does not tell. */
  readonly pending: number | null;
  /** The last time it could not bring one, epoch ms, and why in its words. */
  readonly lastError: { readonly at: number; readonly message: string } | null;
  readonly findings: readonly Finding[];
}

/** Addresses of ours that mean one account, the one to be given first. None: nobody told us our own. */
export type OurAddresses = readonly string[];

type Unanswered =
  /** The token is no good. */
  { readonly kind: "refused"; readonly reason: string } | { readonly kind: "unreachable"; readonly reason: string };

export type SubscriptionOutcome = { readonly kind: "known"; readonly subscription: Subscription } | Unanswered;

export type ChangeOutcome =
  | { readonly kind: "done" }
  /** The platform does not want it so: the reason is about our address, and says what is wrong with it. */
  | { readonly kind: "rejected"; readonly reason: string }
  | Unanswered;

/** None of these ever throws. */
export interface Subscriptions {
  /** Looks, and changes nothing. */
  inspect(access: Access, ours: OurAddresses, signal: AbortSignal): Promise<SubscriptionOutcome>;
  /** Has updates come here, whoever got them before: who calls this has asked. */
  subscribe(access: Access, ours: OurAddresses, signal: AbortSignal): Promise<ChangeOutcome>;
  /** Has them come no more. */
  unsubscribe(access: Access, signal: AbortSignal): Promise<ChangeOutcome>;
}

/** One fact that is not what it was. */
export interface Change {
  readonly what: "url" | "updates";
  readonly from: string;
  readonly to: string;
}

/** What a change of the notes came to, in words; empty when all is as it was. */
export function changesBetween(before: Subscription, after: Subscription): Change[] {
  const facts = ({ url, updates }: Subscription) =>
    ({
      url: url ?? "none",
      updates: updates === null ? "the platform's own choice" : updates.toSorted().join(", ") || "none",
    }) as const;
  const [from, to] = [facts(before), facts(after)];
  return (["url", "updates"] as const)
    .filter((what) => from[what] !== to[what])
    .map((what) => ({ what, from: from[what], to: to[what] }));
}
