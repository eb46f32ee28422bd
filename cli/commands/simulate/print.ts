/** `simulate --print curl`: what would be posted, as commands to be pasted into a shell. Nothing is sent. */
import type { ChannelName } from "../../../src/core/channel.ts";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import { connect, originOf, readServerFile } from "../../client.ts";
import { dataDirOf, settingsOf, type CommandContext } from "../../context.ts";
import { outputOf } from "../../output.ts";
import type { Edit } from "../../scenarios/body.ts";
import { dialectOf } from "../../scenarios/dialect.ts";
import { labelOf } from "../../scenarios/label.ts";
import { Performance } from "../../scenarios/perform.ts";
import { channelOf, pagesOf, type Step } from "../../scenarios/scenario.ts";
import type { Signed, Stage } from "../../scenarios/stage.ts";
import { Witness } from "../../scenarios/witness.ts";
import { activeAccounts, secretOf } from "./credentials.ts";
import { isSame, known } from "./open.ts";
import { editsOf, playsOf, type Play, type SimulateOptions } from "./plays.ts";
import { fileNamed, signerOf } from "./server-stage.ts";
import { startOf } from "./timing.ts";

/** Where a server listens that says nothing else. */
const USUAL_SERVER = "http://127.0.0.1:8000";
/** Longer arguments are refused by shells or systems. */
const LONGEST_BODY_BYTES = 120_000;
/** Telegram's proof is the secret itself, so the script names it and does not hold it. */
const NAMED_SECRET = "$WEBHOOK_SECRET_TOKEN";
/** A reply takes at most the longest wait (12 s) and the model's own time. */
const REPLY_S = 15;

interface Command {
  readonly scenario: string;
  readonly step: string;
  /** How long to wait before it. */
  readonly wait_s: number;
  readonly curl: string;
}

/** @throws Fault `settings` when the app secret is not known, `usage` for what no curl can do */
export async function printCurl(options: SimulateOptions, context: CommandContext): Promise<void> {
  const plays = await playsOf(options, context);
  const edits = editsOf(options, plays);
  const targets = new Map<ChannelName, Target>();
  const commands: Command[] = [];
  const clock = new HastyClock(systemClock().now());
  for (const each of plays) {
    const channel = channelOf(each.script);
    const target = targets.get(channel) ?? (await targetOf(channel, options, context));
    targets.set(channel, target);
    commands.push(...(await onPaper(each, edits, target, options, clock)));
  }
  const lines = commands.flatMap(({ scenario, step, wait_s, curl }) => [
    `# ${scenario}: ${step}`,
    ...(wait_s > 0 ? [`sleep ${wait_s}`] : []),
    curl,
  ]);
  outputOf(context, options).result({ commands }, () => `${lines.join("\n")}\n`);
}

interface Target {
  readonly to: string;
  readonly stage: (post: Stage["post"]) => Stage;
}

/** The same places as for posting are looked at, but a server need not run if all is said. */
async function targetOf(channel: ChannelName, options: SimulateOptions, context: CommandContext): Promise<Target> {
  const own = await readServerFile(dataDirOf(context, options));
  const typed = options.to ?? options.url;
  const to = typed === undefined ? (own?.url ?? USUAL_SERVER) : originOf(typed);
  const facts = own !== null && own.sandbox !== null && isSame(own.url, to) ? known(own.sandbox, channel) : null;
  const secret = channel === "telegram" ? NAMED_SECRET : (facts?.secret ?? (await secretOf(channel, context, options)));
  const pages =
    options.page !== undefined
      ? [options.page]
      : (facts?.pages ?? (await activeAccounts(channel, await connect(context, options))));
  const nobody = (): never => {
    throw new Fault("usage", "No curl can do what this scenario does.", "Play it without --print.");
  };
  const stage: Target["stage"] = (post) => ({
    channel,
    pages,
    appId: facts?.appId ?? settingsOf(context, options)("FACEBOOK_APP_ID") ?? null,
    rehearsed: facts !== null,
    fileOf: (type, index) => fileNamed(channel, facts?.mediaUrl ?? null, type, index),
    ...signerOf(channel, () => secret),
    post,
    stall: nobody,
    kill: nobody,
    conversation: () => Promise.resolve(null),
    messages: () => Promise.resolve([]),
    async *events() {},
  });
  return { to, stage };
}

async function onPaper(
  { name, script, contact, page }: Play,
  edits: readonly Edit[],
  { to, stage: stageFor }: Target,
  options: SimulateOptions,
  clock: Clock,
): Promise<Command[]> {
  const commands: Command[] = [];
  let current: Step | null = null;
  let waits = true;
  const paper = stageFor((webhook, path) => {
    if (current !== null && current.deed.kind !== "kill") {
      const wait_s = waits ? current.afterMs / 1_000 + (current.awaitsReplies > 0 ? REPLY_S : 0) : 0;
      // One step may be several webhooks, one right after the other.
      waits = false;
      const { what, text } = labelOf(current.deed);
      const step = text === "" ? what : `${what} ${JSON.stringify(text)}`;
      commands.push({ scenario: name, step, wait_s, curl: curlOf(`${to}${path}`, webhook) });
    }
    return Promise.resolve(200);
  });
  const stage = page === null ? paper : { ...paper, pages: [page] };
  if (stage.pages.length < pagesOf(script)) {
    throw new Fault("usage", `${name} writes to ${pagesOf(script)} pages.`, "Leave out --page, or play another one.");
  }
  const group = script.place === "group";
  const whom = dialectOf(stage.channel).contactOf(contact, group);
  const witness = new Witness(stage, { contact: whom, pages: stage.pages }, clock, () => {});
  const startAt = startOf(options);
  const performance = new Performance(stage, witness, { contact: whom, group, timeoutMs: 0, clock, startAt, edits });
  performance.begin();
  for (const step of script.steps) {
    current = step;
    waits = true;
    await performance.perform(step);
  }
  await performance.end();
  return commands;
}

/** One line for a POSIX shell. The signature is in it, a secret is not. */
function curlOf(url: string, { bytes, headers }: Signed): string {
  if (bytes.length > LONGEST_BODY_BYTES) {
    throw new Fault("usage", "The body is too large for a command line.", "Play it without --print.");
  }
  const named = Object.entries(headers).map(
    ([name, value]) => `-H ${value === NAMED_SECRET ? `"${name}: ${value}"` : quoted(`${name}: ${value}`)}`,
  );
  const words = ["curl", "-sS", ...named, "--data-binary", quoted(new TextDecoder().decode(bytes))];
  return `${words.join(" ")} ${quoted(url)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Time that passes at once when somebody waits for it. */
class HastyClock implements Clock {
  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): () => void {
    let wanted = true;
    queueMicrotask(() => {
      if (!wanted) return;
      this.time += Math.max(0, delayMs);
      callback();
    });
    return () => {
      wanted = false;
    };
  }
}
