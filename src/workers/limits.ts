import type { Channel } from "../core/channel.ts";
import type { SendLimits } from "../core/lease.ts";

/** A channel that is switched off owes nobody anything at once. */
export function limitsOf(channel: Channel | null): SendLimits {
  const inChat = channel === null ? {} : { inChat: (contact: string) => channel.chatRates(contact) };
  return { windowMs: channel?.windowMs ?? null, perSecond: channel?.sendsPerSecond ?? 1, ...inChat };
}
