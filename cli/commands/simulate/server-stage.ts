/** A running server as a stage: webhooks go to its public address, looks go to its admin API. */
import type { AdminClient, ConversationRow } from "../../client.ts";
import { Fault } from "../../../src/core/fault.ts";
import { stall } from "./stall.ts";
import { signedBytes, signedWebhook } from "../../local/sandbox.ts";
import type { AttachmentType } from "../../scenarios/scenario.ts";
import type { Signed, Stage } from "../../scenarios/stage.ts";

/** Where the server is now. A sandbox that was started again is elsewhere, with other secrets. */
export interface Address {
  readonly client: AdminClient;
  /** Where webhooks are posted; without a path. */
  readonly to: string;
  readonly appSecret: string;
  /** The platform's ids, the one that is meant first. */
  readonly pages: readonly string[];
  /** The app's id; null when it is not known. */
  readonly appId: string | null;
  /** Where the sandbox keeps its files; null for a server that only takes Meta's. */
  readonly mediaUrl: string | null;
}

/** Meta answers within 5 s or comes again; a server that takes much longer is not going to answer. */
const POST_MS = 15_000;
/** Our conversation has just moved, so it is among the newest. */
const NEWEST = 200;
/** Any secret but the right one. */
const WRONG_SECRET = "not-the-secret-of-this-app";
const FILE_NAMES: Readonly<Record<AttachmentType, string>> = {
  image: "photo.jpg",
  video: "video.mp4",
  audio: "voice.mp4",
  file: "price-list.pdf",
  sticker: "sticker.png",
  location: "map.png",
  share: "preview.jpg",
};

/** @param current asked before each use */
export function serverStage(current: () => Address, kill: Stage["kill"]): Stage {
  const known = new Map<string, number>();
  return {
    pages: current().pages,
    appId: current().appId,
    rehearsed: current().mediaUrl !== null,
    kill,
    fileOf: (type, index) => fileNamed(current().mediaUrl, type, index),
    ...signerOf(() => current().appSecret),
    post: (webhook) => post(current().to, webhook),
    stall: (webhook) => stall(current().to, webhook),
    async conversation(page, contact) {
      const key = `${page} ${contact}`;
      const found = await conversationOf(page, contact, current().client, known.get(key));
      if (found !== null) known.set(key, found.id);
      return found;
    },
    messages: (conversation) => current().client.messages(conversation),
    async *events(signal) {
      for await (const { data } of current().client.events({ signal })) yield data;
    },
  };
}

/** Signs with the app's secret, or with another where it is to be forged. */
export function signerOf(appSecret: () => string): Pick<Stage, "sign" | "signBytes"> {
  const secretFor = (genuine: boolean): string => (genuine ? appSecret() : WRONG_SECRET);
  return {
    sign: (body, genuine) => signedWebhook(body, secretFor(genuine)),
    signBytes: (bytes, genuine) => ({ bytes, headers: signedBytes(bytes, secretFor(genuine)) }),
  };
}

/** @param mediaUrl null for a server that takes Meta's addresses only */
export function fileNamed(mediaUrl: string | null, type: AttachmentType, index: number): string {
  return `${mediaUrl ?? META_MEDIA}/${index === 0 ? "" : `${index}-`}${FILE_NAMES[type]}`;
}

async function post(to: string, { bytes, headers }: Signed): Promise<number> {
  const signal = AbortSignal.timeout(POST_MS);
  try {
    const init: RequestInit = { method: "POST", headers, body: bytes, redirect: "manual", signal };
    const response = await fetch(`${to}/api/webhooks/messenger`, init);
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
  page: string,
  contact: string,
  client: AdminClient,
  id: number | undefined,
): Promise<ConversationRow | null> {
  if (id === undefined) {
    const { rows } = await client.conversations(NEWEST);
    return rows.find((row) => row.channel === "messenger" && row.account === page && row.contact === contact) ?? null;
  }
  try {
    return await client.conversation(id);
  } catch (error) {
    if (error instanceof Fault && error.code === "not_found") return null;
    throw error;
  }
}
