/** `/messages`: takes a message or a mark, remembers it, and owes its echo. */
import type { Clock } from "../core/clock.ts";
import type { Echoes } from "./echoes.ts";
import { invalidParameter, type GraphError } from "./graph-error.ts";
import type { Ids } from "./ids.ts";
import { asObject, asText, type JsonObject } from "./json.ts";
import { checkSend } from "./limits.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** A message that was accepted, whether or not its answer reached the caller. */
export interface SentMessage {
  readonly page: string;
  readonly recipient: string;
  /** What the person reads; null for an attachment. */
  readonly text: string | null;
  /** The message object as it was sent. */
  readonly body: JsonObject;
  readonly metadata: string | null;
  readonly messageId: string;
  /** Epoch ms. */
  readonly at: number;
}

/** A sender action that was accepted: seen, typing. */
export interface SentMark {
  readonly page: string;
  readonly recipient: string;
  readonly action: string;
  /** Epoch ms. */
  readonly at: number;
}

const NO_SUCH_PERSON = invalidParameter("No matching user found", 2018001);
const UNAVAILABLE: GraphError = {
  code: 551,
  subcode: 1545041,
  message: "(#551) This person isn't available right now.",
};
const WINDOW_CLOSED: GraphError = {
  code: 10,
  subcode: 2018278,
  message:
    "(#10) This message is sent outside of allowed window. Learn more about the new policy here: " +
    "https://developers.facebook.com/docs/messenger-platform/policy-overview",
};

export class SendApi {
  readonly sent: SentMessage[] = [];
  readonly marks: SentMark[] = [];

  constructor(
    private readonly echoes: Echoes,
    private readonly subscriptions: Subscriptions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** One call. The answer is a `GraphError`, or the body of a 200. */
  call(page: string, params: JsonObject): { readonly error: GraphError } | { readonly body: JsonObject } {
    const recipient = asText(asObject(params["recipient"])?.["id"]) ?? "";
    const error = checkSend(params) ?? checkRecipient(recipient, params["tag"]);
    if (error !== null) return { error };
    const at = this.clock.now();
    const action = asText(params["sender_action"]);
    if (action !== null) {
      this.marks.push({ page, recipient, action: action.toLowerCase(), at });
      return { body: { recipient_id: recipient } };
    }
    const body = asObject(params["message"]) ?? {};
    const messageId = `m_${this.ids("message")}`;
    const message = {
      page,
      recipient,
      text: asText(body["text"]),
      body,
      metadata: asText(body["metadata"]),
      messageId,
      at,
    };
    this.sent.push(message);
    if (this.subscriptions.fields(page).includes("message_echoes")) this.echoes.ofBot(message);
    return { body: { recipient_id: recipient, message_id: messageId } };
  }
}

/** The person's own part in a refusal. The first word of the id says which part it plays. */
function checkRecipient(recipient: string, tag: unknown): GraphError | null {
  if (recipient.startsWith("unknown-")) return NO_SUCH_PERSON;
  if (recipient.startsWith("blocked-")) return UNAVAILABLE;
  // A human may still answer when the bot no longer may.
  if (recipient.startsWith("closed-") && tag !== "HUMAN_AGENT") return WINDOW_CLOSED;
  return null;
}
