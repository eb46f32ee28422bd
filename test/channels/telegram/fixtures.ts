/** Updates as Telegram sends them. */
import type { Content, Update } from "../../../src/core/update.ts";
import { parse } from "../../../src/channels/telegram/webhook.ts";

export const BOT = { id: "7000000001", username: "Tiem_Hoa_bot" } as const;
export const PERSON = 5_550_001;
export const GROUP = -1_001_234_567_890;
/** Seconds, as Telegram tells time. */
export const T0_S = 1_795_000_000;
/** Epoch ms of the machine that reads. */
export const NOW = T0_S * 1_000 + 5_000;

export const person = { id: PERSON, is_bot: false, first_name: "Lan", last_name: "Nguyễn", language_code: "vi" };
const inPrivate = { id: PERSON, type: "private", first_name: "Lan", last_name: "Nguyễn" };
export const inGroup = { id: GROUP, type: "supergroup", title: "Hội yêu hoa" };

let made = 0;

export function aMessage(fields: Record<string, unknown>): Record<string, unknown> {
  made += 1;
  return { message_id: made, date: T0_S, chat: inPrivate, from: person, ...fields };
}

export function bodyOf(kinds: Record<string, unknown>, id = ++made): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ update_id: id, ...kinds }));
}

/** The one update in a body. */
export function read(kinds: Record<string, unknown>, bot: { id: string; username: string | null } = BOT): Update {
  const { updates, quarantined } = parse(bodyOf(kinds), bot, NOW);
  const [update] = updates;
  if (update === undefined) throw new Error(`quarantined: ${JSON.stringify(quarantined)}`);
  return update;
}

export function said(fields: Record<string, unknown>): Content {
  return read({ message: aMessage(fields) }).content;
}
