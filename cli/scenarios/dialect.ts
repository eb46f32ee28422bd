/** What differs between the platforms whose webhooks are played. */
import type { ChannelName } from "../../src/core/channel.ts";
import { eventsOf, type BodyEvent } from "./body.ts";
import type { PostedMessage } from "./history.ts";
import { messagesOf, refusedByMessenger, webhookOf, type Circumstances } from "./messenger.ts";
import type { AttachmentType, Happening } from "./scenario.ts";
import * as telegram from "./telegram.ts";

/** A platform's own way to say what happens. Pure. */
export interface Dialect {
  /** Where webhooks are posted; the account is in the address where it is not in the body. */
  pathOf(account: string): string;
  /** Why the platform has no words for it; null when it has. */
  refuses(happening: Happening, standby: boolean): string | null;
  /** What goes into one POST each, in order. */
  posts(happenings: readonly Happening[]): readonly (readonly Happening[])[];
  /** @param label of the first of the happenings */
  webhookOf(
    label: string,
    happenings: readonly Happening[],
    standby: boolean,
    about: Circumstances,
  ): Record<string, unknown>;
  /** The messages and taps among the happenings, as the history must show them. */
  messagesOf(label: string, happenings: readonly Happening[], about: Circumstances): PostedMessage[];
  /** The events of a body, whatever it is; none for what is no webhook. */
  eventsOf(body: unknown): BodyEvent[];
  /** What `$contact` and the like stand for in a body that is written by hand. */
  wordsOf(label: string, about: Circumstances): Readonly<Record<string, string | number>>;
  /** The contact's id on the platform. `name` begins with `sim-`, or is such an id already. */
  contactOf(name: string, group: boolean): string;
  /** Names of files that people send. */
  readonly files: Readonly<Record<AttachmentType, string>>;
}

const MESSENGER: Dialect = {
  pathOf: () => "/api/webhooks/messenger",
  refuses: refusedByMessenger,
  posts: (happenings) => [happenings],
  webhookOf,
  messagesOf,
  eventsOf,
  wordsOf: (label, { contact, page, at, midOf }) => {
    return { $contact: contact, $page: page, $mid: midOf(label), $now: at };
  },
  contactOf: (name) => name,
  files: {
    image: "photo.jpg",
    video: "video.mp4",
    audio: "voice.mp4",
    file: "price-list.pdf",
    sticker: "sticker.png",
    location: "map.png",
    contact: "contact.vcf",
    share: "preview.jpg",
  },
};

const DIALECTS: Readonly<Record<ChannelName, Dialect>> = { messenger: MESSENGER, telegram: telegram.DIALECT };

export function dialectOf(channel: ChannelName): Dialect {
  return DIALECTS[channel];
}
