/** Our schemas against the Bot API's own types: what it may send must be what they take, to the compiler and when run. */
import { expect, test } from "bun:test";
import type {
  CallbackQuery as GivenTap,
  ChatMemberUpdated,
  Message as GivenMessage,
  WebhookInfo as GivenInfo,
} from "@grammyjs/types";
import type * as z from "zod/mini";
import { CallbackQuery, Message, MyChatMember, WebhookInfo } from "../../../src/channels/telegram/schema.ts";
import { T0_S } from "./fixtures.ts";

/** Takes a value only if every value of its type is one that the schema lets in. */
function taken<Given extends z.input<Schema>, Schema extends z.ZodMiniType>(schema: Schema, given: Given): boolean {
  return schema.safeParse(JSON.parse(JSON.stringify(given))).success;
}

const from = { id: 5, is_bot: false, first_name: "Lan", language_code: "vi" } as const;
const chat = { id: 5, type: "private", first_name: "Lan" } as const;
const sent: GivenMessage = {
  message_id: 7,
  date: T0_S,
  from,
  chat,
  caption: "mẫu này",
  media_group_id: "g",
  photo: [{ file_id: "F", file_unique_id: "u", width: 90, height: 60 }],
};

test("a message of the Bot API is one that the schema takes", () => {
  expect(taken(Message, sent)).toBe(true);
});

test("a pressed button, also under a message that cannot be seen any more", () => {
  const tap: GivenTap = { id: "q", from, chat_instance: "1", data: "k", message: { chat, message_id: 7, date: 0 } };
  expect(taken(CallbackQuery, tap)).toBe(true);
});

test("news that a bot was blocked", () => {
  const user = { ...from, is_bot: true };
  const blocked: ChatMemberUpdated = {
    chat,
    from,
    date: T0_S,
    old_chat_member: { status: "member", user },
    new_chat_member: { status: "kicked", user, until_date: 0 },
  };
  expect(taken(MyChatMember, blocked)).toBe(true);
});

test("notes about a webhook, also where none is set", () => {
  const info: GivenInfo = {
    url: "https://bot.example.com/api/webhooks/telegram",
    has_custom_certificate: false,
    pending_update_count: 0,
    allowed_updates: ["message"],
  };
  expect(taken(WebhookInfo, info)).toBe(true);
  const none: GivenInfo = { has_custom_certificate: false, pending_update_count: 0 };
  expect(taken(WebhookInfo, none)).toBe(true);
});
