/** What each kind of event says. The kind is told by the key that stands beside sender and recipient. */
import type * as z from "zod/mini";
import type { Content } from "../../core/update.ts";
import { tapOf } from "../key.ts";
import { attachmentOf } from "./attachment.ts";
import {
  Delivery,
  Message,
  MessageEdit,
  Optin,
  Postback,
  Reaction,
  Read,
  Referral,
  ThreadControl,
  toMs,
} from "./schema.ts";

/** An event, understood. */
export interface Reading {
  readonly content: Content;
  readonly messageId: string | null;
  /** Tells the event from all others of the page and is the same when it comes again; null when only the whole object does that. */
  readonly key: string | null;
}

/** What stands around an event. */
export interface Circumstances {
  readonly sender: string | null;
  /** The page itself is the sender. */
  readonly fromPage: boolean;
  /** Epoch ms. */
  readonly at: number;
  /** Our own app, null while it is not known. */
  readonly appId: string | null;
}

type KindReader = (value: unknown, around: Circumstances) => Reading | z.core.$ZodError;

/** The kinds with a meaning for the bot. All others are `other` under their own name (P5). */
export const KINDS: ReadonlyMap<string, KindReader> = new Map([
  ["message", kind(Message, message)],
  ["message_edit", kind(MessageEdit, edit)],
  ["postback", kind(Postback, postback)],
  ["referral", kind(Referral, ({ ref }) => unkeyed({ kind: "referral", ref: ref ?? null }))],
  ["optin", kind(Optin, ({ ref, payload }) => unkeyed({ kind: "optin", ref: ref ?? payload ?? null }))],
  ["delivery", kind(Delivery, delivery)],
  ["read", kind(Read, read)],
  ["reaction", kind(Reaction, reaction)],
  ["pass_thread_control", kind(ThreadControl, handover)],
  ["take_thread_control", kind(ThreadControl, handover)],
]);

function kind<T>(schema: z.ZodMiniType<T>, understand: (value: T, around: Circumstances) => Reading): KindReader {
  return (value, around) => {
    const result = schema.safeParse(value);
    return result.success ? understand(result.data, around) : result.error;
  };
}

function unkeyed(content: Content): Reading {
  return { content, messageId: null, key: null };
}

function message(said: z.infer<typeof Message>, around: Circumstances): Reading {
  const messageId = said.mid ?? null;
  const keyed = (prefix: string, content: Content): Reading => ({
    content,
    messageId,
    key: messageId === null ? null : `${prefix}${messageId}`,
  });
  const text = said.text ?? "";
  const attachments = said.attachments?.map(attachmentOf) ?? [];
  // Whatever the page says is never taken for a customer's words, or the bot would answer itself.
  if (said.is_echo === true || around.fromPage) {
    const appId = said.app_id == null ? null : String(said.app_id);
    return keyed("echo:", { kind: "echo", appId, deliveryId: said.metadata ?? null, text, attachments });
  }
  if (said.is_deleted === true && messageId !== null) return keyed("unsend:", { kind: "unsend", messageId });
  if (said.quick_reply) return keyed("", tapOf("quick_reply", text, said.quick_reply.payload));
  const command = said.commands?.[0];
  if (command !== undefined) return keyed("", { kind: "tap", by: "command", title: text, payload: command.name });
  // Neither words nor anything to see: unsupported content, which nobody could answer.
  if (text.trim() === "" && attachments.length === 0) return keyed("", { kind: "other", name: "message" });
  const replyTo = said.reply_to?.mid ?? null;
  return keyed("", { kind: "message", text, attachments, replyTo, album: null, speaker: null });
}

function edit(edited: z.infer<typeof MessageEdit>): Reading {
  const revision = Number(edited.num_edit ?? 0);
  const content: Content = {
    kind: "edit",
    messageId: edited.mid,
    text: edited.text ?? "",
    revision: Number.isSafeInteger(revision) ? revision : 0,
  };
  return { content, messageId: edited.mid, key: `edit:${edited.mid}:${content.revision}` };
}

function postback(pressed: z.infer<typeof Postback>): Reading {
  const title = pressed.title ?? "";
  const messageId = pressed.mid ?? null;
  // In standby the payload is left out: it is known to the app alone that made the button.
  return {
    content: tapOf("postback", title, pressed.payload ?? title),
    messageId,
    key: messageId === null ? null : `postback:${messageId}`,
  };
}

function delivery({ mids, watermark }: z.infer<typeof Delivery>, { sender }: Circumstances): Reading {
  const at = toMs(watermark) ?? 0;
  return {
    content: { kind: "delivery", watermark: at, messageIds: mids ?? [] },
    messageId: null,
    key: `delivery:${sender}:${at}`,
  };
}

function read({ watermark }: z.infer<typeof Read>, { sender }: Circumstances): Reading {
  const at = toMs(watermark) ?? 0;
  return { content: { kind: "read", watermark: at }, messageId: null, key: `read:${sender}:${at}` };
}

function reaction({ mid, action, emoji = null }: z.infer<typeof Reaction>, { sender, at }: Circumstances): Reading {
  const content: Content = { kind: "reaction", messageId: mid, emoji, added: action !== "unreact" };
  return { content, messageId: null, key: `reaction:${mid}:${sender}:${action}:${emoji ?? ""}:${at}` };
}

function handover({ new_owner_app_id: owner }: z.infer<typeof ThreadControl>, { appId }: Circumstances): Reading {
  const newOwnerAppId = owner == null ? null : String(owner);
  const ours = newOwnerAppId === null || appId === null ? null : newOwnerAppId === appId;
  return unkeyed({ kind: "handover", ours, newOwnerAppId });
}
