/** A button under a reply. `postback` and `reply` come back to us, the others act on the person's phone. */
export interface Action {
  readonly type: "reply" | "postback" | "url" | "phone";
  readonly title: string;
  readonly payload?: string;
  readonly url?: string;
}

/** An answer, free of any platform. `text` may hold Markdown; the channel renders it. */
export interface Reply {
  readonly text: string;
  readonly actions: readonly Action[];
}

/** A button whose payload is longer than its platform takes: `key` stands in the message, and comes back when it is tapped. */
export interface KeptAction {
  readonly key: string;
  readonly title: string;
  readonly payload: string;
}

/** One outgoing message as the channel will send it. */
export interface RenderedPart {
  /** The platform's message object, as JSON text. */
  readonly body: string;
  /** What the person reads, for the history. */
  readonly text: string;
  /** To be kept with the message, so that a tap brings the whole payload back. Absent when everything fits. */
  readonly kept?: readonly KeptAction[];
}

/** A reply on its way into the database. */
export interface ComposedReply extends Reply {
  readonly parts: readonly RenderedPart[];
  /** The person wants to start afresh: what was said up to here is told to no agent any more, and stays for people. */
  readonly startsAfresh?: boolean;
}

export function plainReply(text: string): Reply {
  return { text, actions: [] };
}
