import type { Channel, ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/fault.ts";
import { plainReply } from "../core/reply.ts";
import type { Store } from "../core/store.ts";
import { limitsOf } from "./limits.ts";
import { Loop } from "./loop.ts";
import { senderOf } from "./sender.ts";

export interface BroadcasterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly onQueued: () => void;
  readonly onError: (error: unknown) => void;
}

export interface BroadcastErrand {
  readonly recipient_ids: readonly string[];
  readonly text: string;
  readonly account?: string | undefined;
  readonly key?: string | undefined;
}

/** Puts the copies of broadcasts into the outbox, little by little; a restart goes on where it was. */
export class Broadcaster {
  readonly loop: Loop;

  constructor(private readonly options: BroadcasterOptions) {
    const { store, clock, channels, onQueued, onError } = options;
    const limits = { messenger: limitsOf(channels.messenger), telegram: limitsOf(channels.telegram) };
    this.loop = new Loop({
      clock,
      onError,
      step: async () => {
        const { queued, nextAt } = await store.broadcasts.advance(clock.now(), limits);
        if (queued > 0) onQueued();
        return nextAt;
      },
    });
  }

  /** @throws Fault not_found, account_ambiguous, busy when the key is that of another broadcast */
  async begin(
    channelName: ChannelName,
    { recipient_ids: recipients, text, account: named, key }: BroadcastErrand,
  ): Promise<{ readonly id: number; readonly isNew: boolean }> {
    const { store, clock, channels } = this.options;
    const account = await senderOf(store, channelName, named);
    const channel = channels[channelName];
    if (channel === null)
      throw new Fault("not_found", `${channelName} is switched off`, "Give its settings and start again.");
    const parts = channel.render(plainReply(text));
    const opened = await store.broadcasts.open({ key: key ?? null, account, text, parts, recipients }, clock.now());
    if (opened === "other")
      throw new Fault("busy", "this key is that of another broadcast", "Take another key for another text or account.");
    this.loop.wake();
    return opened;
  }
}
