/** The agent of an installation without a model: repeats what it heard, so that the whole way can be tried (T8). */
import type { Agent, Question } from "../core/agent.ts";
import { replyTo } from "../core/commands.ts";
import { plainReply } from "../core/reply.ts";
import type { Attachment, AttachmentKind } from "../core/update.ts";

interface Phrases {
  readonly heard: string;
  readonly received: string;
  readonly nothing: string;
  readonly hint: string;
  readonly kinds: Record<AttachmentKind, string>;
}

const PHRASES: Record<Question["language"], Phrases> = {
  vi: {
    heard: "Bạn vừa nói:",
    received: "Mình đã nhận:",
    nothing: "Mình đã nhận được tin nhắn của bạn.",
    hint: "Gõ /help để xem các lệnh.",
    kinds: {
      image: "ảnh",
      video: "video",
      audio: "tin nhắn thoại",
      file: "tệp",
      sticker: "nhãn dán",
      location: "vị trí",
      contact: "danh thiếp",
      link: "liên kết",
      template: "thẻ",
      other: "tệp đính kèm",
    },
  },
  en: {
    heard: "You said:",
    received: "Received:",
    nothing: "Your message has arrived.",
    hint: "Type /help to see the commands.",
    kinds: {
      image: "photo",
      video: "video",
      audio: "voice message",
      file: "file",
      sticker: "sticker",
      location: "location",
      contact: "contact card",
      link: "link",
      template: "card",
      other: "attachment",
    },
  },
};

/** The payload of Messenger's first button. With a model it is the model's to answer, which knows the shop. */
const BEGINS = /^get_?started$/i;

/**
 * Repeats the words, names the attachments, and says which commands there are.
 *
 * @param options.hint whether each answer ends with the line about `/help`
 */
export function echoAgent(options: { readonly hint: boolean }): Agent {
  return {
    name: "echo",
    async answer(question, signal) {
      if (signal.aborted) return { kind: "aborted" };
      const phrases = PHRASES[question.language];
      if (question.parts.some(({ payload }) => BEGINS.test(payload ?? "")))
        return { kind: "reply", reply: replyTo("start", question.language), model: "echo", tokens: null };
      const text = [...repeated(question, phrases), ...(options.hint ? [phrases.hint] : [])].join("\n");
      return { kind: "reply", reply: plainReply(text), model: "echo", tokens: null };
    },
  };
}

function repeated(question: Question, phrases: Phrases): string[] {
  const words = question.parts
    .map((part) => (part.text === "" ? (part.payload ?? "") : part.text))
    .filter((text) => text !== "");
  const attachments = question.parts
    .flatMap((part) => part.attachments)
    .map((attachment) => named(attachment, phrases));
  const lines: string[] = [];
  if (words.length > 0) lines.push(`${phrases.heard} ${words.join("\n")}`);
  if (attachments.length > 0) lines.push(`${phrases.received} ${attachments.join(", ")}`);
  return lines.length > 0 ? lines : [phrases.nothing];
}

function named(attachment: Attachment, phrases: Phrases): string {
  const kind = phrases.kinds[attachment.kind];
  return attachment.title === null || attachment.title === "" ? kind : `${kind} (${attachment.title})`;
}
