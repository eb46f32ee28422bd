import type { ChannelName } from "./channel.ts";

export type AttachmentKind =
  "image" | "video" | "audio" | "file" | "sticker" | "location" | "contact" | "link" | "template" | "other";

/** Something that came with a message. `url` is where its bytes are, null when there are none to fetch. */
export interface Attachment {
  readonly kind: AttachmentKind;
  readonly url: string | null;
  /** A name, a title or a place, as the platform told it. */
  readonly title: string | null;
  /** The platform's handle for the file, for platforms that hand out ids instead of addresses. */
  readonly fileId?: string;
  readonly mime?: string;
  readonly bytes?: number;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** What one update says. Platform words stay out: the channels translate. */
export type Content =
  | {
      readonly kind: "message";
      readonly text: string;
      readonly attachments: readonly Attachment[];
      /** The platform's id of the message this one answers. */
      readonly replyTo: string | null;
      /** The platform's mark for parts of one album. */
      readonly album: string | null;
      /** Group chats only: who said it. */
      readonly speaker: string | null;
      /** Which edition these words are; absent while they are the first ones. */
      readonly revision?: number;
    }
  /** A button, a quick reply or a command: says exactly what it means, so it never waits (DESIGN §5.3). */
  | {
      readonly kind: "tap";
      readonly by: "quick_reply" | "postback" | "command";
      readonly title: string;
      readonly payload: string;
      /**
       * The key that came back instead of a payload which was too long (`RenderedPart.kept`). What was kept under it takes
       * the place of title and payload; these stand for the case that it is gone.
       */
      readonly key?: string;
      /** Group chats only: who tapped. */
      readonly speaker?: string;
      /** The language of the person's app, as the platform names it ("vi", "en-GB"). Absent when it does not. */
      readonly locale?: string;
    }
  /** A later edition has a higher revision, and it may overtake an earlier one on its way here. */
  | { readonly kind: "edit"; readonly messageId: string; readonly text: string; readonly revision: number }
  | { readonly kind: "unsend"; readonly messageId: string }
  /** Something this account said: by us, or by a human at the page's own inbox. */
  | {
      readonly kind: "echo";
      readonly appId: string | null;
      /** Our delivery id, when the echo carries one. */
      readonly deliveryId: string | null;
      readonly text: string;
      readonly attachments: readonly Attachment[];
    }
  | { readonly kind: "reaction"; readonly messageId: string; readonly emoji: string | null; readonly added: boolean }
  | { readonly kind: "delivery"; readonly watermark: number; readonly messageIds: readonly string[] }
  | { readonly kind: "read"; readonly watermark: number }
  | { readonly kind: "referral"; readonly ref: string | null }
  | { readonly kind: "optin"; readonly ref: string | null }
  /** The thread changed hands. `ours` null: the platform did not say whose app it is now. */
  | { readonly kind: "handover"; readonly ours: boolean | null; readonly newOwnerAppId: string | null }
  | { readonly kind: "reachability"; readonly reachable: boolean }
  /** The contact that it is about has another id from now on: a group became a supergroup. */
  | { readonly kind: "moved"; readonly to: string }
  /** Anything else: recorded and ignored (P5). */
  | { readonly kind: "other"; readonly name: string };

export type UpdateKind = Content["kind"];

/** One thing a platform reports. */
export interface Update {
  readonly channel: ChannelName;
  /** The platform's id of the page or bot. */
  readonly account: string;
  /** The platform's id of the person, as this account knows them; null for updates about nobody. */
  readonly contact: string | null;
  readonly contactName: string | null;
  /** Unique within (channel, account): a redelivery has the same one (G3). */
  readonly eventKey: string;
  /** The platform's id of the message itself; null when it has none. */
  readonly messageId: string | null;
  /** Platform time, epoch ms. */
  readonly at: number;
  /** Another app owns the thread: history only, never answered. */
  readonly standby: boolean;
  /** What `Channel.confirm` takes: the person's app waits to hear that this has come in. Absent when it does not. */
  readonly receipt?: string;
  readonly content: Content;
}

/** A signed event that cannot be read: kept for a person to look at, answered 200 so that it does not come again. */
export interface Quarantined {
  readonly account: string | null;
  readonly reason: string;
}

/** Whether an update is something a person said and may get an answer for. */
export function isSaid(update: Update): boolean {
  return (update.content.kind === "message" || update.content.kind === "tap") && update.contact !== null;
}
