/** What a line of `simulate chat` means. Pure. */
import { shows, says } from "./build.ts";
import type { AttachmentType, Happening } from "./scenario.ts";

export type ChatLine =
  | { readonly kind: "happens"; readonly happening: Happening }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "help" }
  | { readonly kind: "quit" }
  | { readonly kind: "nothing" }
  | { readonly kind: "mistake"; readonly message: string };

/** Each command, and what it does, in the order of the help. */
const HELP: readonly (readonly [command: string, does: string])[] = [
  ["/photo [n]", "send a photo, or n of them in one message"],
  ["/voice /video /file", "send one of those"],
  ["/sticker /location /share", "send one of those"],
  ["/quick PAYLOAD [title]", "tap a quick reply"],
  ["/button PAYLOAD [title]", "press a button"],
  ["/edit TEXT", "change your last text"],
  ["/unsend", "take your last message back"],
  ["/human TEXT", "answer as a human from the page's inbox"],
  ["/wait SECONDS", "send nothing for so long (for pipes)"],
  ["//text", "a text that begins with a slash"],
  ["/quit", "wait for the answers, and leave; Ctrl+D does the same"],
];

export const CHAT_HELP = HELP.map(([command, does]) => `  ${command.padEnd(26)}${does}`).join("\n");

const ATTACHMENTS: Readonly<Record<string, AttachmentType>> = {
  voice: "audio",
  video: "video",
  file: "file",
  sticker: "sticker",
  location: "location",
  share: "share",
};
const MOST_PHOTOS = 30;

/** @param last the step that posted the customer's last message; null when there is none */
export function chatLine(typed: string, last: string | null): ChatLine {
  const line = typed.trim();
  if (line === "") return { kind: "nothing" };
  if (!line.startsWith("/")) return happens(says(line));
  if (line.startsWith("//")) return happens(says(line.slice(1)));
  const [, command = "", rest = ""] = /^\/(\w*)\s*(.*)$/s.exec(line) ?? [];
  const attachment = ATTACHMENTS[command];
  if (attachment !== undefined && Object.hasOwn(ATTACHMENTS, command)) return happens(shows(attachment));
  switch (command) {
    case "help":
      return { kind: "help" };
    case "quit":
      return { kind: "quit" };
    case "photo": {
      const count = rest === "" ? 1 : /^\d{1,2}$/.test(rest) ? Number(rest) : 0;
      if (count < 1 || count > MOST_PHOTOS) return mistake(`/photo takes a number from 1 to ${MOST_PHOTOS}`);
      return happens(shows(...Array.from({ length: count }, () => "image" as const)));
    }
    case "quick":
    case "button": {
      const [, payload = "", title = ""] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
      if (payload === "") return mistake(`/${command} needs a payload, like /${command} PRICE_LIST Xem giá`);
      const said = title === "" ? payload : title;
      if (command === "quick") return happens({ kind: "text", text: said, quickReply: payload });
      return happens({ kind: "postback", title: said, payload });
    }
    case "edit":
      if (rest === "") return mistake("/edit needs the new text");
      return last === null ? mistake("there is nothing to edit yet") : happens({ kind: "edit", of: last, text: rest });
    case "unsend":
      return last === null ? mistake("there is nothing to take back yet") : happens({ kind: "unsend", of: last });
    case "human":
      return rest === "" ? mistake("/human needs what the human says") : happens({ kind: "human-echo", text: rest });
    case "wait": {
      const ms = /^\d{1,3}(\.\d{1,3})?$/.test(rest) ? Math.round(Number(rest) * 1_000) : -1;
      return ms < 0 ? mistake("/wait needs seconds, like /wait 1.5") : { kind: "wait", ms };
    }
    default:
      return mistake(`there is no /${command}; /help shows what there is`);
  }
}

function happens(happening: Happening): ChatLine {
  return { kind: "happens", happening };
}

function mistake(message: string): ChatLine {
  return { kind: "mistake", message };
}
