import type { Content, Update } from "../../../src/core/update.ts";
import { parse } from "../../../src/channels/messenger/webhook.ts";

export const PAGE = "1000000000001";
export const PERSON = "2000000000002";
export const OUR_APP = "1234567890";
/** When most recorded events happened, epoch ms. */
export const AT = 1_795_000_000_100;
/** The time of their entries. */
export const ENTRY_AT = 1_795_000_000_123;

/** A recorded webhook body, byte for byte. */
export function recorded(name: string): Promise<Uint8Array> {
  return Bun.file(new URL(`../../fixtures/messenger/${name}.json`, import.meta.url)).bytes();
}

/** The updates in a recorded body that holds nothing unreadable. */
export async function updatesIn(name: string): Promise<readonly Update[]> {
  const { updates, quarantined } = parse(await recorded(name), OUR_APP);
  if (quarantined.length > 0) throw new Error(`${name}: ${quarantined[0]?.reason}`);
  return updates;
}

/** The only update in a recorded body. */
export async function updateIn(name: string): Promise<Update> {
  const [update, ...others] = await updatesIn(name);
  if (update === undefined || others.length > 0) throw new Error(`${name} does not hold one update`);
  return update;
}

export async function contentOf(name: string): Promise<Content> {
  return (await updateIn(name)).content;
}

/** A body with these events for one page, as it comes over the wire. */
export function bodyWith(...events: readonly unknown[]): Uint8Array {
  return bytes({ object: "page", entry: [{ id: PAGE, time: ENTRY_AT, messaging: events }] });
}

export function bytes(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** An event from the person to the page. */
export function anEvent(said: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { sender: { id: PERSON }, recipient: { id: PAGE }, timestamp: AT, ...said };
}
