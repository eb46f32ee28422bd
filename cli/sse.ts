/** Server-sent events, read as the standard says (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export interface SseMessage {
  /** The last id the server named; null before the first. */
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Longest line and longest event taken, in characters: a server that never ends a line must not fill the memory. */
const LONGEST_CHARS = 1_000_000;

/**
 * Cuts a stream of bytes into messages, in order. Comments (the heartbeat) give none. An unfinished last message is
 * dropped, as the standard asks.
 *
 * @param onBytes called for everything that arrives, heartbeats too
 * @throws Error when a line or a message is longer than 1,000,000 characters
 */
export async function* sseMessages(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<SseMessage> {
  const decoder = new TextDecoder();
  let rest = "";
  let id: string | null = null;
  let event = "";
  let data: string[] = [];
  let chars = 0;
  for await (const chunk of bytes) {
    onBytes();
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be half of a CRLF: it waits for its other half.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_CHARS || chars > LONGEST_CHARS) throw new Error("the event stream holds an endless line");
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { id, event: event === "" ? "message" : event, data: data.join("\n") };
        event = "";
        data = [];
        chars = 0;
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === "id" && !value.includes("\0")) id = value;
      if (field === "event") event = value;
      if (field === "data") {
        data.push(value);
        chars += value.length;
      }
    }
  }
}
