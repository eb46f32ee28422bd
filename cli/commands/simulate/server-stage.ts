/** A running server as a stage: webhooks go to its public address, looks go to its admin API. */
import type { AdminClient, ConversationRow } from "../../client.ts";
import type { ChannelName } from "../../../src/core/channel.ts";
import { Fault } from "../../../src/core/fault.ts";
import { stall } from "./stall.ts";
import { signedBytes, signedWebhook } from "../../local/sandbox.ts";
import { dialectOf } from "../../scenarios/dialect.ts";
import type { AttachmentType } from "../../scenarios/scenario.ts";
import type { Signed, Stage } from "../../scenarios/stage.ts";

/** Where the server is now. A sandbox that was started again is elsewhere, with other secrets. */
export interface Address {
  readonly client: AdminClient;
  /** Where webhooks are posted; without a path. */
  readonly to: string;
  readonly channel: ChannelName;
  /** What proves a webhook: Meta's app secret, or the word that Telegram was given by setWebhook. */
  readonly secret: string;
  /** The platform's ids of pages or bots, the one that is meant first. */
  readonly pages: readonly string[];
  /** The app's id; null when it is not known. */
  readonly appId: string | null;
  /** Where the sandbox keeps its files; null for a server that speaks to the real platforms. */
  readonly mediaUrl: string | null;
}

/** Meta answers within 5 s or comes again; a server that takes much longer is not going to answer. */
const POST_MS = 15_000;
/** Our conversation has just moved, so it is among the newest. */
const NEWEST = 200;
/** Any secret but the right one. */
const WRONG_SECRET = "not-the-secret-of-this-app";
/** @param current asked before each use */
export function serverStage(current: () => Address, kill: Stage["kill"]): Stage {
  const known = new Map<string, number>();
  const { channel } = current();
  return {
    channel,
    pages: current().pages,
    appId: current().appId,
    rehearsed: current().mediaUrl !== null,
    kill,
    fileOf: (type, index) => fileNamed(channel, current().mediaUrl, type, index),
    ...signerOf(channel, () => current().secret),
    post: (webhook, path) => post(current().to, path, webhook),
    stall: (webhook, path) => stall(current().to, path, webhook),
    async conversation(page, contact) {
      const key = `${page} ${contact}`;
      const found = await conversationOf({ channel, account: page, contact }, current().client, known.get(key));
      if (found !== null) known.set(key, found.id);
      return found;
    },
    messages: (conversation) => current().client.messages(conversation),
    async *events(signal) {
      for await (const { data } of current().client.events({ signal })) yield data;
    },
  };
}

/** Proves a body to be the platform's, or fails to where it is to be forged. */
export function signerOf(channel: ChannelName, secret: () => string): Pick<Stage, "sign" | "signBytes"> {
  const secretFor = (genuine: boolean): string => (genuine ? secret() : WRONG_SECRET);
  if (channel === "telegram") {
    const signBytes: Stage["signBytes"] = (bytes, genuine) => ({
      bytes,
      headers: { "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secretFor(genuine) },
    });
    return { sign: (body, genuine) => signBytes(new TextEncoder().encode(JSON.stringify(body)), genuine), signBytes };
  }
  return {
    sign: (body, genuine) => signedWebhook(body, secretFor(genuine)),
    signBytes: (bytes, genuine) => ({ bytes, headers: signedBytes(bytes, secretFor(genuine)) }),
  };
}

/**
 * A file's address, or on Telegram its id.
 *
 * @param mediaUrl null for a server that takes Meta's addresses only
 */
export function fileNamed(channel: ChannelName, mediaUrl: string | null, type: AttachmentType, index: number): string {
  const name = `${index === 0 ? "" : `${index}-`}${dialectOf(channel).files[type]}`;
  return channel === "telegram" ? name : `${mediaUrl ?? META_MEDIA}/${name}`;
}

async function post(to: string, path: string, { bytes, headers }: Signed): Promise<number> {
  const signal = AbortSignal.timeout(POST_MS);
  try {
    const init: RequestInit = { method: "POST", headers, body: bytes, redirect: "manual", signal };
    const response = await fetch(`${to}${path}`, init);
    await response.arrayBuffer();
    return response.status;
  } catch (cause) {
    throw new Fault(
      "unreachable",
      `No server takes webhooks at ${to}.`,
      "Check the address, and that the server runs.",
      {
        cause,
      },
    );
  }
}

/** A host that the server's guard lets through. Nothing is there, so a live bot says that it cannot see the photo. */
const META_MEDIA = "https://scontent.xx.fbcdn.net/botctl-simulate";

async function conversationOf(
  whose: Pick<ConversationRow, "channel" | "account" | "contact">,
  client: AdminClient,
  id: number | undefined,
): Promise<ConversationRow | null> {
  if (id === undefined) {
    const { rows } = await client.conversations(NEWEST);
    const { channel, account, contact } = whose;
    return rows.find((row) => row.channel === channel && row.account === account && row.contact === contact) ?? null;
  }
  try {
    return await client.conversation(id);
  } catch (error) {
    if (error instanceof Fault && error.code === "not_found") return null;
    throw error;
  }
}
