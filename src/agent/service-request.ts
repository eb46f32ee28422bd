/** One turn as the owner's service reads it. Pure; the same question gives the same request. */
import type { HistoryLine, Question } from "../core/agent.ts";
import type { Attachment, AttachmentKind } from "../core/update.ts";

/** The latest lines that are told; a service that wants more keeps its own. */
const HISTORY_LINES = 5;

/** Something that was sent along. */
interface SentAlong {
  readonly kind: AttachmentKind;
  /** Where its bytes are, for the service to fetch; null when there are none, or when the address would give away a token. */
  readonly url: string | null;
  readonly title: string | null;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** The body of `POST /api/respond`. */
export interface ServiceRequest {
  /** The same for the same person with the same account; a keyed hash, not the platform's id. */
  readonly user: string;
  readonly text: string;
  /** What a tapped button, quick reply or command means; absent for words. */
  readonly payload?: string;
  readonly attachments: readonly SentAlong[];
  /** Oldest first, without what is asked now. */
  readonly history: readonly {
    readonly role: "user" | "assistant" | "staff";
    readonly text: string;
    /** Absent when there are none. */
    readonly attachments?: readonly SentAlong[];
  }[];
  readonly conversation: string;
  readonly channel: Question["channel"];
  readonly language: Question["language"];
  /** Plain English sentences about the question; absent when there are none. */
  readonly notes?: readonly string[];
}

const ROLES = { client: "user", bot: "assistant", human: "staff" } as const;

export function requestOf(question: Question): ServiceRequest {
  const { parts, notes } = question;
  const payload = parts.findLast((part) => part.payload !== null)?.payload ?? null;
  return {
    user: question.personHash,
    text: parts
      .map((part) => part.text)
      .filter((text) => text !== "")
      .join("\n"),
    ...(payload === null ? {} : { payload }),
    attachments: parts.flatMap((part) => part.attachments).map(sentAlong),
    history: question.history.filter(says).slice(-HISTORY_LINES).map(lineOf),
    conversation: question.conversationId,
    channel: question.channel,
    language: question.language,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** Old lines whose words were forgotten say nothing. */
function says(line: HistoryLine): boolean {
  return line.text !== "" || line.attachments.length > 0;
}

function lineOf(line: HistoryLine): ServiceRequest["history"][number] {
  const words = { role: ROLES[line.by], text: line.text };
  return line.attachments.length === 0 ? words : { ...words, attachments: line.attachments.map(sentAlong) };
}

function sentAlong({ kind, url, title, latitude, longitude }: Attachment): SentAlong {
  return {
    kind,
    url: url === null || holdsToken(url) ? null : url,
    title,
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
  };
}

/**
 * Whether an address would hand over an account: Telegram's files lie at `/file/bot<token>/…`, Graph takes `access_token`
 * as a parameter. The signatures in the addresses of Meta's media open one file alone, so they may go.
 */
function holdsToken(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return true;
  return /\/bot\d+(?::|%3a)/i.test(url.pathname) || /[?&#](?:access_)?token=/i.test(url.search + url.hash);
}
