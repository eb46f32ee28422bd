/** What a request of the admin API asks for, read and looked up. */
import { z } from "zod";
import { CHANNEL_NAMES, type ChannelName } from "../core/channel.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import type { ConversationRow } from "../core/transcript.ts";

const ConversationId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

const RECIPIENT = "it is to be a text of 1 to 100 characters, or a whole number of up to 15 digits";

/** The platform's id of a person. Telegram has numbers, which may come as such; longer ones lose digits on the way. */
export const Recipient = z
  .union([z.string().trim().min(1, RECIPIENT).max(100, RECIPIENT), z.int(RECIPIENT)], RECIPIENT)
  .transform(String);

/** @throws Fault usage, with everything that is wrong */
export function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`);
  throw new Fault("usage", complaints.join("; "), "GET /docs shows what each route takes.");
}

/** The conversation that a path names. @throws Fault not_found */
export async function conversationOf(store: Store, id: string | undefined, now: number): Promise<ConversationRow> {
  const parsed = ConversationId.safeParse(id);
  const row = parsed.success ? await store.conversation(parsed.data, now) : null;
  if (row === null)
    throw new Fault("not_found", `there is no conversation ${id}`, "List them with GET /api/conversations.");
  return row;
}

/** The channel that a path names. @throws Fault not_found */
export function channelOf(named: string | undefined): ChannelName {
  const channel = CHANNEL_NAMES.find((name) => name === named);
  if (channel === undefined)
    throw new Fault("not_found", `there is no channel "${named}"`, `Channels: ${CHANNEL_NAMES.join(", ")}.`);
  return channel;
}
