import type { Expectation } from "../../src/core/expectation.ts";
import { partOf, type Part } from "../../src/core/turn.ts";
import type { Attachment, AttachmentKind, Content } from "../../src/core/update.ts";

export function anAttachment(
  kind: AttachmentKind = "image",
  url: string | null = "https://cdn.example/photo.jpg",
): Attachment {
  return { kind, url, title: null };
}

export function aMessage(text: string, attachments: readonly Attachment[] = []): Content & { kind: "message" } {
  return { kind: "message", text, attachments, replyTo: null, album: null, speaker: null };
}

export function aTap(title = "Giá", payload = "PRICE"): Content & { kind: "tap" } {
  return { kind: "tap", by: "postback", title, payload };
}

/** A part as the words say it. */
export function says(text: string): Part {
  return partOf(aMessage(text));
}

export function shows(kind: AttachmentKind = "image"): Part {
  return partOf(aMessage("", [anAttachment(kind)]));
}

export const taps: Part = partOf(aTap());

/** A text that announces `kind`, independent of the words that do so. */
export function announces(kind: Expectation["kind"]): Part {
  return { text: true, attachment: false, tap: false, expectation: { kind, reason: `the text announces ${kind}` } };
}
