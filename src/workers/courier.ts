import type { Account } from "../core/account.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/fault.ts";
import { plainReply } from "../core/reply.ts";
import type { Outgoing } from "../core/outgoing.ts";
import type { Store } from "../core/store.ts";
import type { HandedOver } from "../core/takeover.ts";
import type { ConversationRow } from "../core/transcript.ts";
import { senderOf } from "./sender.ts";

export interface CourierOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  /** How long a caller waits to hear that its message went out. */
  readonly patienceMs: number;
  readonly onQueued: () => void;
  /** A human spoke, so the conversation is theirs. */
  readonly onHandedOver: (handedOver: HandedOver | null) => void;
}

export interface Errand {
  readonly recipient_id: string;
  readonly text: string;
  /** The platform's id; needed when several accounts could be meant. */
  readonly account?: string | undefined;
}

/** Whom a conversation is with. */
type Party = Pick<ConversationRow, "channel" | "account" | "contact">;

export type ErrandOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  /** Not sent yet: it waits in the retry journal. */
  | { readonly kind: "queued"; readonly deliveryId: string };

/** Sends what a person or another program asked for, by the same way as every reply: queued first, then sent. */
export class Courier {
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly options: CourierOptions) {}

  /** A delivery changed its state; whoever waits for it looks again. */
  settled(deliveryId: string): void {
    this.waiting.get(deliveryId)?.();
  }

  /** @throws Fault not_found, account_ambiguous, window_closed, or refused when the platform refused it for good */
  async send(channelName: ChannelName, errand: Errand): Promise<ErrandOutcome> {
    const account = await senderOf(this.options.store, channelName, errand.account);
    return await this.carry(account, errand.recipient_id, "bot", errand.text);
  }

  /**
   * A human's words to the contact of a conversation. What the bot had not answered yet is theirs from now on.
   *
   * @throws Fault not_found, window_closed, or refused when the platform refused it for good
   */
  async reply({ channel, account, contact }: Party, text: string): Promise<ErrandOutcome> {
    return await this.carry(await senderOf(this.options.store, channel, account), contact, "human", text);
  }

  private async carry(account: Account, contact: string, by: Outgoing["by"], text: string): Promise<ErrandOutcome> {
    const { store, clock, newId, channels, onQueued, onHandedOver } = this.options;
    const channel = channels[account.channel];
    if (channel === null)
      throw new Fault("not_found", `${account.channel} is switched off`, "Give its settings and start again.");
    const { windowMs } = channel;
    const parts = channel.render(plainReply(text));
    const queued = await store.queue(
      { account, contact, by, text, parts, correlation: newId(), windowMs },
      clock.now(),
    );
    if (queued.kind === "window_closed") throw windowClosed();
    onHandedOver(queued.handedOver);
    const last = queued.deliveries.at(-1) ?? "";
    if (queued.stalled) {
      // Nobody is served by waiting for an account that cannot send: the reply waits in the journal (R10).
      onQueued();
      return { kind: "queued", deliveryId: last };
    }
    const settled = this.wait(last);
    onQueued();
    await settled;
    return await this.outcome(last);
  }

  private wait(deliveryId: string): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(deliveryId);
        cancel();
        resolve();
      };
      const cancel = this.options.clock.after(this.options.patienceMs, done);
      this.waiting.set(deliveryId, done);
    });
  }

  private async outcome(deliveryId: string): Promise<ErrandOutcome> {
    const status = await this.options.store.deliveryStatus(deliveryId);
    if (status?.state === "sent") return { kind: "sent", messageId: status.messageId ?? "" };
    if (status?.state === "expired") throw windowClosed();
    if (status?.state === "dead")
      throw new Fault(
        "refused",
        `the platform refused it: ${status.error ?? "no reason given"}`,
        "Check the recipient.",
      );
    return { kind: "queued", deliveryId };
  }
}

function windowClosed(): Fault {
  return new Fault(
    "window_closed",
    "the platform's window for answers has closed",
    "It opens again when the person writes.",
  );
}
