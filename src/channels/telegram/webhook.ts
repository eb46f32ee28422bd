/** Bytes of a genuine webhook → the update in it. Telegram sends one in each request. */
import type { Parsed } from "../../core/channel.ts";
import { isShallow, problem } from "../json.ts";
import { KINDS, type Bot, type Reading } from "./kinds.ts";
import { Frame } from "./schema.ts";

/** Deeper JSON is an attack on the parser, not a message (guarantees S4). */
const DEEPEST = 64;
const utf8 = new TextDecoder();

/**
 * Reads a body. Never throws: what cannot be read is quarantined with a reason that holds none of the customer's words.
 *
 * @param bot whose webhook it is: the body does not say
 * @param now epoch ms, for updates without a time of their own
 */
export function parse(body: Uint8Array, bot: Bot, now: number): Parsed {
  if (!isShallow(body, DEEPEST)) return refused(bot, `nested deeper than ${DEEPEST}`);
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(body));
  } catch {
    return refused(bot, "not JSON");
  }
  const frame = Frame.safeParse(json);
  if (!frame.success) return refused(bot, problem(frame.error));
  const { update_id: id, ...rest } = frame.data;
  const name = Object.keys(rest).find((key) => KINDS.has(key)) ?? fit(Object.keys(rest)[0] ?? "");
  const reading = KINDS.get(name)?.(rest[name], bot, now) ?? other(name, now);
  if (!("content" in reading)) return refused(bot, `${name}: ${problem(reading)}`);
  const update = {
    channel: "telegram",
    account: bot.id,
    ...reading,
    eventKey: `u:${id}`,
    standby: false,
  } as const;
  return { updates: [update], quarantined: [] };
}

function other(name: string, now: number): Reading {
  return { contact: null, contactName: null, messageId: null, at: now, content: { kind: "other", name } };
}

/** A name from outside, fit for logs and metrics. */
function fit(name: string): string {
  return /^\w{1,64}$/.test(name) ? name : "unknown";
}

function refused({ id }: Bot, reason: string): Parsed {
  return { updates: [], quarantined: [{ account: id, reason }] };
}
