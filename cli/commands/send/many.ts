import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { ChannelName } from "../../../src/core/channel.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf } from "../../output.ts";
import { Progress } from "../progress.ts";

export interface SendManyOptions extends GlobalFlags {
  readonly channel: ChannelName;
  /** Path as typed: one recipient's id a line; empty lines and those that begin with # are none. */
  readonly toFile: string;
  readonly text: string;
  readonly account?: string | undefined;
  /** A name for it: the same again goes on with it, and nobody gets it twice. */
  readonly key?: string | undefined;
}

const LOOK_MS = 500;
/** As many as the API takes in one call. */
const MOST = 10_000;

const Broadcast = z.object({
  id: z.number(),
  recipients: z.object({
    waiting: z.number(),
    pending: z.number(),
    sent: z.number(),
    failed: z.number(),
    refused: z.number(),
    stopped: z.number(),
    gone: z.number(),
  }),
});
type Broadcast = z.infer<typeof Broadcast>;

/**
 * Has the server send a text to many people, and shows how far it is. The server goes on without us.
 *
 * @throws Fault `usage` for a file without recipients, `some_failed` when somebody did not get it, `forced` at Ctrl+C
 */
export async function sendMany(options: SendManyOptions, context: CommandContext): Promise<void> {
  const recipients = recipientsIn(resolve(context.cwd, options.toFile));
  const { connect } = await import("../../client.ts");
  const client = await connect(context, options);
  const { channel, text, account, key } = options;
  const asked = { recipient_ids: recipients, text, account, key };
  const begun = await client.call(Broadcast, "POST", `/api/integrations/${channel}/broadcast`, asked);
  const out = outputOf(context, options);
  const progress = new Progress(context.stderr, out.json);
  let stopped = false;
  const deafen = context.onSignal(() => (stopped = true));
  let now = begun;
  try {
    while (left(now) > 0 && !stopped) {
      await Bun.sleep(LOOK_MS);
      now = await client.call(Broadcast, "GET", `/api/broadcasts/${begun.id}`);
      progress.tell(told(now));
    }
  } finally {
    deafen();
    progress.end();
  }
  if (left(now) > 0) {
    throw new Fault(
      "forced",
      `The server goes on with broadcast ${now.id}: ${told(now)}.`,
      `DELETE /api/broadcasts/${now.id} stops it.`,
    );
  }
  out.result(now, () => `broadcast ${now.id}: ${told(now)}\n`);
  const { sent, ...others } = now.recipients;
  if (Object.values(others).some((count) => count > 0)) {
    throw new Fault(
      "some_failed",
      `Not everybody got it; ${sent} did.`,
      `GET /api/broadcasts/${now.id}/recipients says why, \`botctl retry list\` what can be tried again.`,
    );
  }
}

/** @throws Fault `usage` */
function recipientsIn(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault("usage", `${path} cannot be read.`, "Name a file with one recipient's id a line.", { cause });
  }
  const lines = text.split("\n").map((line) => line.trim());
  const ids = [...new Set(lines.filter((line) => line !== "" && !line.startsWith("#")))];
  if (ids.length === 0) throw new Fault("usage", `${path} names nobody.`, "It must hold one recipient's id a line.");
  if (ids.length > MOST)
    throw new Fault("usage", `${path} names ${ids.length} people; ${MOST} are the most.`, "Split it.");
  return ids;
}

/** How many are still on their way. */
function left({ recipients: { waiting, pending } }: Broadcast): number {
  return waiting + pending;
}

/** "120 sent, 3 failed, 40 waiting" */
function told({ recipients }: Broadcast): string {
  const parts = Object.entries(recipients).filter(([state, count]) => count > 0 || state === "sent");
  return parts
    .toSorted(([a], [b]) => Number(b === "sent") - Number(a === "sent"))
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");
}
