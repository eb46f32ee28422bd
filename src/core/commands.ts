/**
 * The commands that every installation answers by itself: at once, for nothing, and also while no agent can be asked. On
 * Telegram they are commands; on a platform without, the same words typed alone do the same. What stands behind a command
 * ("/start qr-17") is for the agent, which may know what it means.
 */
import type { QuestionPart } from "./agent.ts";
import { plainReply, type Reply } from "./reply.ts";

const COMMANDS = ["start", "help", "reset"] as const;
export type Command = (typeof COMMANDS)[number];

const SAYS: Readonly<Record<Command, Readonly<Record<"vi" | "en", string>>>> = {
  start: {
    vi: "Xin chào! Bạn cứ nhắn câu hỏi hoặc gửi ảnh, mình trả lời ngay tại đây.\nGõ /help để xem các lệnh.",
    en: "Hello! Ask a question or send a photo, and I answer right here.\nType /help to see the commands.",
  },
  help: {
    vi: "Bạn cứ nhắn câu hỏi hoặc gửi ảnh, mình sẽ trả lời.\n/start: lời chào\n/help: danh sách lệnh này\n/reset: gác lại chuyện cũ, bắt đầu lại từ đầu",
    en: "Ask a question or send a photo, and I answer.\n/start: the greeting\n/help: this list of commands\n/reset: leave what was said behind and start afresh",
  },
  reset: {
    vi: "Mình đã gác lại chuyện cũ và bắt đầu lại từ đầu. Bạn cần gì ạ?",
    en: "I have left what was said behind, and we start afresh. How can I help?",
  },
};

/** The command that a turn is, and nothing else. Null for everything that is for the agent. */
export function commandIn(parts: readonly QuestionPart[]): Command | null {
  const [part, another] = parts;
  if (part === undefined || another !== undefined || part.attachments.length > 0) return null;
  const words = (part.payload ?? part.text).trim().toLowerCase();
  return COMMANDS.find((command) => words === `/${command}`) ?? null;
}

export function replyTo(command: Command, language: "vi" | "en"): Reply {
  return plainReply(SAYS[command][language]);
}
