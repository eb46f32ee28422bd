/** What is told to the user service, and how it is found again there. Pure. */
import type { LeasedInteraction } from "../../core/interaction.ts";
import type { Listed, UserId } from "./schema.ts";

/** The body of `POST /api/users/register`. A bot learns neither phone numbers nor addresses. */
export function registrationBody({ whose, name }: LeasedInteraction) {
  return { telegram_id: Number(whose.contact), phone: null, full_name: name, email: null };
}

/** The body of `POST /api/interactions`. */
export function interactionBody(interaction: LeasedInteraction, userId: UserId) {
  const { messageId, direction, text, metadata } = interaction;
  return {
    user_id: userId,
    telegram_message_id: messageId === null ? null : numbered(messageId),
    direction,
    message_text: text,
    metadata,
  };
}

/** Telegram's ids of messages are numbers. */
function numbered(id: string): number | string {
  return /^\d{1,15}$/.test(id) ? Number(id) : id;
}

function listable(id: unknown): string | null {
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

/**
 * Whether an interaction that the service has is this one. What came in is known by the update's number, what went out by
 * the id we gave it; where a service lists no metadata, by the message's id or, without one, by its words.
 */
export function isSame(interaction: LeasedInteraction, listed: Listed): boolean {
  if (listed.direction !== null && listed.direction !== undefined && listed.direction !== interaction.direction)
    return false;
  const name = interaction.direction === "in" ? "update_id" : "interaction_id";
  const own = listable(interaction.metadata[name]);
  const theirs = listed.metadata?.[name];
  if (own !== null && theirs !== undefined && theirs !== null) return own === String(theirs);
  // One that was told before says the same words.
  if (interaction.told.includes(String(listed.id ?? ""))) return false;
  const { messageId } = interaction;
  const theirId = listed.telegram_message_id ?? null;
  if (messageId !== null && theirId !== null) return messageId === String(theirId);
  return listed.message_text === interaction.text;
}
