/** `botctl simulate chat`: a person at the keyboard, or a pipe, plays one customer. */
import type { ChannelName } from "../../../src/core/channel.ts";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import type { CommandContext } from "../../context.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf } from "../../output.ts";
import { posts } from "../../scenarios/build.ts";
import { dialectOf, type Dialect } from "../../scenarios/dialect.ts";
import { CHAT_HELP, chatLine } from "../../scenarios/chat-line.ts";
import { Performance } from "../../scenarios/perform.ts";
import { settled } from "../../scenarios/play.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { Witness, type Observation } from "../../scenarios/witness.ts";
import { openStage, type StageFlags } from "./open.ts";
import { refuseTwoServers } from "./plays.ts";
import { QUIET_MS } from "./run.ts";
import { Narrator } from "./show.ts";
import { contactOf, refuseRealContact } from "./timing.ts";

export interface ChatOptions extends StageFlags {
  readonly sandbox?: boolean | undefined;
  readonly contact?: string | undefined;
  /** Messenger when left out. */
  readonly channel?: ChannelName | undefined;
}

/** How long the last answers are waited for. */
const TIMEOUT_MS = 30_000;
/** The stream of events tells of replies at once; this is for when it is broken off. */
const LOOK_MS = 1_000;
const PROMPT = "> ";
const CLEAR_LINE = "\r\u001b[K";

/**
 * @param open finds or starts the server; replaced in tests
 * @throws Fault as `openServer`, and `unreachable` when the server goes away
 */
export async function chat(
  options: ChatOptions,
  context: CommandContext,
  open = openStage,
  clock = systemClock(),
): Promise<void> {
  refuseTwoServers(options);
  refuseRealContact(options.contact);
  const told = await interruptible(context, async () => {
    const opened = await open(options, context, clock);
    try {
      return await converse(await opened.stageFor(options.channel ?? "messenger"), options, context, clock);
    } finally {
      await opened.close();
    }
  });
  const replies = told.flatMap((line) => (line.direction === "out" ? [{ text: line.text, at_ms: line.at_ms }] : []));
  outputOf(context, options).result({ steps: told, replies }, () => "");
}

async function converse(
  stage: Stage,
  options: ChatOptions,
  context: CommandContext,
  clock: Clock,
): Promise<readonly Observation[]> {
  const screen = new Screen(context, options);
  const dialect = dialectOf(stage.channel);
  const contact = dialect.contactOf(contactOf(options, 0), false);
  const told: Observation[] = [];
  const witness = new Witness(stage, { contact, pages: stage.pages.slice(0, 1) }, clock, (observation) => {
    told.push(observation);
    screen.line(observation);
  });
  const timing = { contact, group: false, timeoutMs: TIMEOUT_MS, quietMs: QUIET_MS, clock };
  const playing = new Performance(stage, witness, { ...timing, startAt: null, edits: [] });
  screen.say(
    `You are ${contact}, and write to ${stage.channel === "messenger" ? "page" : "bot"} ${stage.pages[0]}. /help shows what you can do; Ctrl+D ends it.`,
  );
  try {
    await witness.begin();
    playing.begin();
    const stopLooking = keepLooking(witness, clock);
    await follow(context, screen, dialect, playing, clock);
    stopLooking();
    await settled(0, witness, timing);
    return told.toSorted((a, b) => a.at_ms - b.at_ms);
  } finally {
    witness.end();
  }
}

/** Does what the lines say, until they end. */
async function follow(
  context: CommandContext,
  screen: Screen,
  dialect: Dialect,
  playing: Performance,
  clock: Clock,
): Promise<void> {
  let last: string | null = null;
  for (let number = 1; ; number++) {
    screen.prompt();
    const typed = await context.stdin.line();
    screen.entered();
    if (typed === null) return;
    const line = chatLine(typed, last);
    switch (line.kind) {
      case "quit":
        return;
      case "help":
        screen.say(CHAT_HELP);
        break;
      case "mistake":
        screen.say(line.message);
        break;
      case "wait":
        await new Promise<void>((resolve) => void clock.after(line.ms, resolve));
        break;
      case "happens": {
        const refusal = dialect.refuses(line.happening, false);
        if (refusal !== null) {
          screen.say(refusal);
          break;
        }
        const id = `line-${number}`;
        await playing.perform(posts(id, line.happening));
        if (["text", "attachment", "postback"].includes(line.happening.kind)) last = id;
        break;
      }
      case "nothing":
        break;
    }
  }
}

/** @returns what ends it */
function keepLooking(witness: Witness, clock: Clock): () => void {
  let cancel = (): void => {};
  const look = (): void => {
    // If the server is gone, the next message says so.
    void witness.look().catch(() => {});
    cancel = clock.after(LOOK_MS, look);
  };
  look();
  return () => cancel();
}

/** Lines that come while somebody types: the prompt is taken away for them, and put back. */
class Screen {
  private readonly narrator: Narrator;
  private readonly json: boolean;
  private readonly asks: boolean;
  private asking = false;

  constructor(
    private readonly context: CommandContext,
    flags: ChatOptions,
  ) {
    this.narrator = new Narrator(context, flags);
    this.json = flags.json === true;
    this.asks = context.stdin.isTTY && context.stdout.isTTY && !this.json;
  }

  line(observation: Observation): void {
    this.aside(() => this.narrator.line(observation));
  }

  say(text: string): void {
    if (!this.json) this.aside(() => this.context.stderr.write(`${text}\n`));
  }

  prompt(): void {
    if (!this.asks) return;
    this.asking = true;
    this.context.stdout.write(PROMPT);
  }

  entered(): void {
    this.asking = false;
  }

  private aside(write: () => void): void {
    if (!this.asking) return write();
    this.context.stdout.write(CLEAR_LINE);
    write();
    this.context.stdout.write(PROMPT);
  }
}
