import type { Batch } from "../../src/core/batch.ts";
import type { Attachment, Content, Update } from "../../src/core/update.ts";
import { aMessage } from "./parts.ts";

/** The page and the customer that updates are about unless they say otherwise. */
export const PAGE = "1017";
export const CUSTOMER = "2001";

/** A time to count from; any would do. */
export const T0 = 1_795_000_000_000;

let made = 0;

export interface UpdateOptions extends Partial<Omit<Update, "content">> {
  readonly text?: string;
  readonly attachments?: readonly Attachment[];
  /** Instead of a message made of `text` and `attachments`. */
  readonly content?: Content;
}

/** A customer's message to the page, with a message id of its own. */
export function anUpdate({ text = "", attachments = [], content, ...rest }: UpdateOptions = {}): Update {
  made += 1;
  const messageId = rest.messageId === undefined ? `mid.${made}` : rest.messageId;
  return {
    channel: "messenger",
    account: PAGE,
    contact: CUSTOMER,
    contactName: null,
    eventKey: messageId ?? `key.${made}`,
    messageId,
    at: T0,
    standby: false,
    content: content ?? aMessage(text, attachments),
    ...rest,
  };
}

/** The platform shows the page one of its own messages. */
export function anEcho(deliveryId: string | null, options: UpdateOptions = {}): Update {
  return anUpdate({ ...options, content: { kind: "echo", appId: "9", deliveryId, text: "", attachments: [] } });
}

/** One webhook body with these updates in it. */
export function aBatch(updates: readonly Update[], options: Partial<Batch> = {}): Batch {
  made += 1;
  return {
    channel: "messenger",
    updates,
    quarantined: [],
    body: JSON.stringify({ made, updates: updates.length }),
    correlation: `corr-${made}`,
    holdUnknown: false,
    ...options,
  };
}
