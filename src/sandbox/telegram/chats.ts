/** The chats of the sandbox: everybody exists and may be written to, until a test says otherwise. */
import { asText } from "../json.ts";
import { badRequest, migratedTo, type BotError } from "./answer.ts";
import { asInteger } from "./call.ts";

/** Why a bot cannot write somewhere. */
export type ChatTrouble = "blocked" | "deactivated" | "kicked" | "deleted" | "not_found";

const REFUSALS: Readonly<Record<ChatTrouble, BotError>> = {
  blocked: { code: 403, description: "Forbidden: bot was blocked by the user" },
  deactivated: { code: 403, description: "Forbidden: user is deactivated" },
  kicked: { code: 403, description: "Forbidden: bot was kicked from the group chat" },
  deleted: { code: 403, description: "Forbidden: the group chat was deleted" },
  not_found: badRequest("chat not found"),
};

export class Chats {
  private readonly troubles = new Map<number, ChatTrouble>();
  private readonly moved = new Map<number, number>();

  /** From now on nothing can be written there. */
  refuse(chat: number, why: ChatTrouble): void {
    this.troubles.set(chat, why);
  }

  /** Everything can be written there again. */
  welcome(chat: number): void {
    this.troubles.delete(chat);
    this.moved.delete(chat);
  }

  /** A group becomes a supergroup; its old number only tells the new one. */
  migrate(from: number, to: number): void {
    this.moved.set(from, to);
  }

  /** The chat that `chat_id` names, or why nothing can be sent there. */
  find(chatId: unknown): number | BotError {
    const chat = asInteger(chatId);
    if (chat === null) return badRequest((asText(chatId) ?? "") === "" ? "chat_id is empty" : "chat not found");
    const to = this.moved.get(chat);
    if (to !== undefined) return migratedTo(to);
    const trouble = this.troubles.get(chat);
    return trouble === undefined ? chat : REFUSALS[trouble];
  }
}

/** A chat as messages show it. Groups have numbers below zero. */
export function chatShape(chat: number): Readonly<Record<string, unknown>> {
  if (chat > 0) return { id: chat, type: "private", first_name: "Lan" };
  return { id: chat, type: chat < -1_000_000_000_000 ? "supergroup" : "group", title: "Hội yêu hoa" };
}
