/** A webhook body on its way into the database, and what became of each update in it. */
import type { ChannelName } from "./channel.ts";
import type { TurnRef } from "./claim.ts";
import type { Whose } from "./conversation.ts";
import type { ExpectationKind } from "./expectation.ts";
import type { Handover } from "./takeover.ts";
import type { Quarantined, Update } from "./update.ts";

/** One genuine webhook body, read. */
export interface Batch {
  readonly channel: ChannelName;
  readonly updates: readonly Update[];
  readonly quarantined: readonly Quarantined[];
  /** The body as it came, kept as it was. */
  readonly body: string;
  readonly correlation: string;
  /** Keep events of accounts not known yet: one of them may turn out to be ours (DESIGN §6). */
  readonly holdUnknown: boolean;
}

/**
 * What became of an update. `noted` is history only (a human has taken over), `ignored` needs no answer, `held` waits
 * for its account to be known, `unknown_account` is somebody else's.
 */
export type RecordOutcome = "bound" | "noted" | "ignored" | "duplicate" | "held" | "unknown_account";

export interface Recorded {
  readonly update: Update;
  readonly outcome: RecordOutcome;
  /** Null when the update is about nobody we know. */
  readonly whose: Whose | null;
  /** What the update did to the conversation's turns; null when nothing. */
  readonly heard: {
    readonly kind: "opened" | "extended";
    readonly at: TurnRef;
    readonly aborts: boolean;
    /** What the update announced. */
    readonly expectation: ExpectationKind;
    /** An earlier turn that this update closed. */
    readonly closed: TurnRef | null;
    /** It came right after its turn had closed: a little more patience would have joined them. */
    readonly premature: boolean;
  } | null;
  /** Turns that the update changed or cancelled (DESIGN §5.10). */
  readonly changed: readonly ChangedTurn[];
  /** A human answers from now on, until then (null: the bot does again); null when nobody's turn changed. */
  readonly takeover: Handover | null;
}

export interface ChangedTurn {
  readonly at: TurnRef;
  /** An agent is at work on what the turn no longer says. */
  readonly aborts: boolean;
}
