/** Webhook bodies as Messenger sends them. */
import { PAGE } from "./bot.ts";

let count = 0;

export function aMid(): string {
  count += 1;
  return `m_${process.pid}_${count}`;
}

interface Said {
  readonly from: string;
  readonly text?: string;
  readonly photos?: readonly string[];
  readonly mid?: string;
  readonly at?: number;
  readonly page?: string;
}

/** One message event, inside a whole body. */
export function aWebhook(...said: readonly Said[]): object {
  return {
    object: "page",
    entry: said.map(({ page, ...message }) => ({
      id: page ?? PAGE.id,
      time: message.at ?? Date.now(),
      messaging: [anEvent({ page, ...message })],
    })),
  };
}

export function anEvent({
  from,
  text,
  photos,
  mid,
  at,
  page,
}: Omit<Said, "page"> & { page?: string | undefined }): object {
  const attachments = photos?.map((url) => ({ type: "image", payload: { url } }));
  return {
    sender: { id: from },
    recipient: { id: page ?? PAGE.id },
    timestamp: at ?? Date.now(),
    message: {
      mid: mid ?? aMid(),
      ...(text === undefined ? {} : { text }),
      ...(attachments === undefined ? {} : { attachments }),
    },
  };
}
