/** Scenario steps in Meta's words: the bodies that Messenger would post. */
import type { PostedMessage } from "./history.ts";
import { KINDS, type AttachmentType, type Happening, type OddBody, type TimeForm } from "./scenario.ts";

/** Whom a body is about, and when it happened. */
export interface Circumstances {
  /** Whether others are there too. */
  readonly group: boolean;
  readonly page: string;
  readonly contact: string;
  /** Platform time, epoch ms. */
  readonly at: number;
  readonly timeForm: TimeForm;
  /** Our own app; null when it is not known. */
  readonly appId: string | null;
  /** The bot's newest reply; null when there is none yet. */
  readonly reply: { readonly text: string; readonly delivery: string | null } | null;
  /** The `mid` of a step's message: the same step always has the same one. */
  readonly midOf: (step: string) => string;
  /** Where the platform keeps a file of this type. */
  readonly fileOf: (type: AttachmentType, index: number) => string;
}

/** The app behind the page's own inbox, whose echoes are a human's words. Source: Meta's page on message echoes. */
const PAGE_INBOX_APP_ID = "26390203743090";
/** Some other app that takes the thread over. */
const OTHER_APP_ID = "1000000000000001";
/** The thumb up, the sticker people send most. */
const LIKE_STICKER_ID = "369239263222822";

/** One POST; each happening is an entry of its own, as when Meta batches. */
export function webhookOf(
  step: string,
  happenings: readonly Happening[],
  standby: boolean,
  about: Circumstances,
): Record<string, unknown> {
  const entry = happenings.map((happening, index) => ({
    id: about.page,
    time: written(about.at, about.timeForm),
    [standby ? "standby" : "messaging"]: [
      // Two messages of one body happened one after the other, so that their order means something.
      eventOf(labelIn(step, index), happening, { ...about, at: about.at + index }),
    ],
  }));
  return { object: "page", entry };
}

function eventOf(label: string, happening: Happening, about: Circumstances): Record<string, unknown> {
  const [sender, recipient] =
    happening.kind === "human-echo" || happening.kind === "own-echo"
      ? [about.page, about.contact]
      : [about.contact, about.page];
  return {
    sender: { id: sender },
    recipient: { id: recipient },
    timestamp: written(about.at, about.timeForm),
    ...contentOf(label, happening, about),
  };
}

/** Most events tell ms, some samples seconds, some text. */
function written(at: number, form: TimeForm): number | string {
  if (form === "text") return String(at);
  return form === "seconds" ? Math.floor(at / 1_000) : at;
}

function contentOf(label: string, happening: Happening, about: Circumstances): Record<string, unknown> {
  const mid = about.midOf(label);
  switch (happening.kind) {
    case "text":
      return {
        message: {
          mid,
          text: happening.text,
          ...(happening.quickReply === undefined ? {} : { quick_reply: { payload: happening.quickReply } }),
          ...(happening.replyTo === undefined ? {} : { reply_to: { mid: about.midOf(happening.replyTo) } }),
        },
      };
    case "attachment":
      return {
        message: { mid, attachments: happening.types.map((type, index) => attachmentOf(label, type, index, about)) },
      };
    case "postback":
      return { postback: { mid, title: happening.title, payload: happening.payload } };
    case "reaction":
      return {
        reaction: { mid: about.midOf(happening.to), action: "react", reaction: "love", emoji: happening.emoji },
      };
    case "edit":
      return { message_edit: { mid: about.midOf(happening.of), text: happening.text, num_edit: 1 } };
    case "unsend":
      return { message: { mid: about.midOf(happening.of), is_deleted: true } };
    case "human-echo":
      return { message: { mid, text: happening.text, is_echo: true, app_id: Number(PAGE_INBOX_APP_ID) } };
    case "own-echo":
      return {
        message: {
          mid,
          text: about.reply?.text ?? "",
          is_echo: true,
          ...(about.appId === null ? {} : { app_id: Number(about.appId) }),
          ...(about.reply?.delivery == null ? {} : { metadata: about.reply.delivery }),
        },
      };
    case "delivery":
      return { delivery: { watermark: about.at } };
    case "read":
      return { read: { watermark: about.at } };
    case "referral":
      return { referral: { ref: happening.ref, source: "SHORTLINK", type: "OPEN_THREAD" } };
    case "optin":
      return { optin: { ref: happening.ref } };
    case "reachability":
      throw new Error(refusedByMessenger(happening) ?? "");
    case "handover":
      return { pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: OTHER_APP_ID, metadata: "" } };
  }
}

/** Why Messenger has no words for it; null when it has. */
export function refusedByMessenger(happening: Happening): string | null {
  if (happening.kind === "reachability") return "Messenger does not tell who blocks a page";
  if (happening.kind === "text" && happening.aside === true) return "Messenger has no groups";
  if (happening.kind !== "attachment") return null;
  if (happening.caption !== undefined) return "on Messenger a photo and its words are two messages";
  return happening.types.includes("contact") ? "Messenger sends no contacts" : null;
}

/** Types whose bytes lie somewhere. */
const FILES: ReadonlySet<AttachmentType> = new Set(["image", "video", "audio", "file", "sticker"]);

/** The messages and taps among the happenings of one step, as the history must show them. */
export function messagesOf(step: string, happenings: readonly Happening[], about: Circumstances): PostedMessage[] {
  const { page } = about;
  return happenings.flatMap((happening, index): PostedMessage[] => {
    const label = labelIn(step, index);
    switch (happening.kind) {
      case "text":
        return [{ label, page, texts: [happening.text], attachments: [] }];
      case "postback":
        return [{ label, page, texts: [happening.title], attachments: [] }];
      case "attachment": {
        const attachments = happening.types.map((type, at) => {
          return { kind: KINDS[type], url: FILES.has(type) ? urlOf(label, type, at, about) : null };
        });
        return [{ label, page, texts: [""], attachments }];
      }
      default:
        return [];
    }
  });
}

/** The name of one message of a step: the step's own, and `step.1` for the second of one body. */
export function labelIn(step: string, index: number): string {
  return index === 0 ? step : `${step}.${index}`;
}

/** An address of its own for each file, as Meta's are, so that two photos can be told apart. */
function urlOf(label: string, type: AttachmentType, index: number, about: Circumstances): string {
  return `${about.fileOf(type, index)}?of=${label}`;
}

function attachmentOf(
  label: string,
  type: AttachmentType,
  index: number,
  about: Circumstances,
): Record<string, unknown> {
  const url = urlOf(label, type, index, about);
  switch (type) {
    case "sticker":
      return { type, payload: { url, sticker_id: LIKE_STICKER_ID } };
    case "location":
      return { type, title: "Chợ Bến Thành", payload: { coordinates: { lat: 10.7725, long: 106.698 } } };
    case "share":
      return { type: "fallback", payload: { title: "Áo dài lụa", url: "https://shop.example/ao-dai" } };
    default:
      return { type, payload: { url } };
  }
}

/** Bodies that mean nothing, as bytes. */
export function oddBytes(body: OddBody): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  switch (body.kind) {
    case "bytes":
      return encoder.encode(body.text);
    case "given":
      return body.bytes;
    case "json":
      return encoder.encode(JSON.stringify(body.value));
    case "padded": {
      const head = '{"object":"page","entry":[],"padding":"';
      return encoder.encode(`${head}${"x".repeat(Math.max(0, body.bytes - head.length - 2))}"}`);
    }
    case "nested":
      return encoder.encode(`{"object":"page","entry":${"[".repeat(body.depth)}${"]".repeat(body.depth)}}`);
  }
}
