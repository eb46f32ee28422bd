import type { Access } from "../../core/account.ts";
import type { Mark, OutgoingMessage } from "../../core/channel.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import { meaningOf } from "../call.ts";
import { graphPost, type GraphSettings } from "./graph.ts";
import { outcomeOf } from "./outcome.ts";
import { StoredMessage } from "./schema.ts";

const ACTIONS: Readonly<Record<Mark, string>> = { seen: "mark_seen", typing_on: "typing_on", typing_off: "typing_off" };

/**
 * Makes one attempt at the Send API. The delivery id goes along as metadata, which comes back in the echo: that is how an
 * attempt without an answer can still be settled.
 */
export async function send(
  settings: GraphSettings,
  message: OutgoingMessage,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const stored = StoredMessage.safeParse(message.body);
  if (!stored.success) return { kind: "request", reason: "the stored message is no JSON object" };
  const answer = await graphPost(
    settings,
    `${encodeURIComponent(message.access.externalId)}/messages`,
    message.access.token,
    {
      recipient: { id: message.contact },
      messaging_type: "RESPONSE",
      message: { ...stored.data, metadata: message.deliveryId },
    },
    signal,
  );
  return meaningOf(answer, outcomeOf);
}

/** Shows seen or typing. Whatever goes wrong is let go: the mark is a courtesy, the reply comes anyway. */
export async function mark(
  settings: GraphSettings,
  access: Access,
  contact: string,
  what: Mark,
  signal: AbortSignal,
): Promise<void> {
  const path = `${encodeURIComponent(access.externalId)}/messages`;
  await graphPost(settings, path, access.token, { recipient: { id: contact }, sender_action: ACTIONS[what] }, signal);
}
