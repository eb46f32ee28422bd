/**
 * Looks at what a scenario brings about. The history of the conversations, asked for again and again, is the truth; the
 * stream of events only tells the story (when, and why), and may break off without spoiling a verdict.
 */
import type { Clock } from "../../src/core/clock.ts";
import type { ConversationState } from "../../src/core/conversation.ts";
import type { EventType } from "../../src/core/event.ts";
import { isSent, repliesOf, type SeenMessage } from "./history.ts";
import type { Label } from "./label.ts";
import { storyOf } from "./story.ts";
import type { SeenConversation, SeenEvent, Stage } from "./stage.ts";

/** One line of the story. Times are ms since the scenario began. */
export type Observation =
  /** A webhook to the bot. */
  | (Label & {
      readonly at_ms: number;
      readonly direction: "in";
      readonly status: number;
      readonly took_ms: number;
    })
  /** A reply of the bot. */
  | { readonly at_ms: number; readonly direction: "out"; readonly what: "reply"; readonly text: string }
  /** Something that the server decided, or that happened to it. */
  | { readonly at_ms: number; readonly direction: "note"; readonly what: string; readonly reason: string };

/** How long to wait before asking, or listening, again. */
const AGAIN_MS = 150;
const OPEN_TURN = new Set(["gathering", "ready", "running", "parked"]);

/** Whose conversations are looked at. */
export interface Whom {
  readonly contact: string;
  /** The platform's ids of the pages that are written to; the first is the one whose state counts. */
  readonly pages: readonly string[];
}

export class Witness {
  /** New in the conversations since the scenario began, page by page. */
  messages: readonly SeenMessage[] = [];
  state: ConversationState | null = null;
  readonly events = new Set<EventType>();
  /** When each reply was sent, by its id, ms since the scenario began. */
  readonly repliedAt = new Map<string, number>();
  /** By page, those that are there. */
  private conversations: ReadonlyMap<string, SeenConversation> = new Map();
  private openTurn = false;
  private before: ReadonlySet<string> = new Set();
  private readonly told = new Set<string>();
  private readonly sentAt = new Map<string, number>();
  private unplaced: { readonly event: SeenEvent; readonly at: number }[] = [];
  private postsUnderWay = 0;
  private finding = false;
  private looking: Promise<void> = Promise.resolve();
  private lastReason = "";
  private wake: () => void = () => {};
  private readonly closing = new AbortController();
  private startedAt = 0;

  constructor(
    private readonly stage: Stage,
    private readonly whom: Whom,
    private readonly clock: Clock,
    private readonly teller: (observation: Observation) => void,
  ) {}

  /** Remembers what is there already, and begins to listen. */
  async begin(): Promise<void> {
    void this.listen();
    this.conversations = await this.found();
    this.before = new Set((await this.history()).map((message) => message.id));
    this.startedAt = this.clock.now();
  }

  end(): void {
    this.closing.abort();
  }

  elapsedMs(): number {
    return this.clock.now() - this.startedAt;
  }

  note(what: string, reason: string): void {
    this.tell({ at_ms: this.elapsedMs(), direction: "note", what, reason });
  }

  /** Does a POST. What it sets off is told after it, though the server speaks of it before it answers. */
  async posting(label: Label, post: () => Promise<number>): Promise<number> {
    const at_ms = this.elapsedMs();
    this.postsUnderWay++;
    try {
      const status = await post();
      this.tell({ at_ms, direction: "in", ...label, status, took_ms: this.elapsedMs() - at_ms });
      return status;
    } finally {
      this.postsUnderWay--;
      this.place();
    }
  }

  /** Replies of which nothing is still on its way. */
  sentReplies(): number {
    return repliesOf(this.messages).filter(isSent).length;
  }

  /** Whether the bot still owes an answer, or part of one. */
  isBusy(): boolean {
    return this.openTurn || this.sentReplies() < repliesOf(this.messages).length;
  }

  /** Asks the server how things stand. @throws Fault when it cannot be asked */
  look(): Promise<void> {
    // One after the other: an old answer that overtakes a new one would take a reply back.
    const look = this.looking.then(() => this.lookNow());
    this.looking = look.catch(() => {});
    return look;
  }

  private async lookNow(): Promise<void> {
    this.hear(await this.found());
    this.messages = (await this.history()).filter((message) => !this.before.has(message.id));
    for (const reply of repliesOf(this.messages).filter(isSent)) {
      if (this.told.has(reply.id)) continue;
      this.told.add(reply.id);
      const at = Math.max(...reply.deliveries.map((delivery) => this.sentAt.get(delivery.id) ?? 0));
      const at_ms = at > 0 ? at - this.startedAt : this.elapsedMs();
      this.repliedAt.set(reply.id, at_ms);
      this.tell({ at_ms, direction: "out", what: "reply", text: reply.text });
    }
  }

  /**
   * Looks until `enough`, woken by every event.
   *
   * @returns false when the time ran out first
   */
  async until(enough: () => boolean, withinMs: number): Promise<boolean> {
    const deadline = this.clock.now() + withinMs;
    for (;;) {
      await this.look();
      if (enough()) return true;
      const leftMs = deadline - this.clock.now();
      if (leftMs <= 0) return false;
      await this.pause(Math.min(AGAIN_MS, leftMs));
    }
  }

  /** The story is over when the scenario is; a later look changes the verdict only. */
  private tell(observation: Observation): void {
    if (this.closing.signal.aborted) return;
    this.lastReason = observation.direction === "note" ? observation.reason : "";
    this.teller(observation);
  }

  private async found(): Promise<ReadonlyMap<string, SeenConversation>> {
    const { pages, contact } = this.whom;
    const found = await Promise.all(pages.map((page) => this.stage.conversation(page, contact)));
    return new Map(
      pages.flatMap((page, index) => {
        const conversation = found[index] ?? null;
        return conversation === null ? [] : [[page, conversation] as const];
      }),
    );
  }

  private async history(): Promise<SeenMessage[]> {
    const known = [...this.conversations];
    const all = await Promise.all(known.map(([, { id }]) => this.stage.messages(id)));
    return known.flatMap(([page], index) => (all[index] ?? []).map((message) => ({ ...message, page })));
  }

  private hear(found: ReadonlyMap<string, SeenConversation>): void {
    this.conversations = found;
    this.state = found.get(this.whom.pages[0] ?? "")?.state ?? null;
    this.openTurn = [...found.values()].some(({ turn }) => OPEN_TURN.has(turn?.state ?? "none"));
    this.recountAll();
  }

  /** Whether all the conversations there can be are known. */
  private knowsAll(): boolean {
    return this.conversations.size === this.whom.pages.length;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(ms, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  private async listen(): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        for await (const event of this.stage.events(this.closing.signal)) {
          this.unplaced.push({ event, at: this.clock.now() });
          this.place();
          this.wake();
        }
      } catch {
        // The server may be down on purpose. If it stays away, the next look says so.
      }
      await new Promise<void>((resolve) => void this.clock.after(AGAIN_MS, resolve));
    }
  }

  /** Tells the events that have come. While a conversation is not known it is looked for first, to keep their order. */
  private place(): void {
    const ours = this.unplaced.some(({ event }) => event.conversation !== undefined);
    if (!this.knowsAll() && ours) void this.find();
    else this.recountAll();
  }

  private async find(): Promise<void> {
    if (this.finding || this.postsUnderWay > 0) return;
    this.finding = true;
    const found = await this.found().catch(() => null);
    this.finding = false;
    // A look in the meantime may have seen more.
    if (found !== null && found.size >= this.conversations.size) this.hear(found);
  }

  /** Others' conversations are passed over; while one of ours is not known, it may turn out to be theirs. */
  private recountAll(): void {
    if (this.postsUnderWay > 0) return;
    const waiting = this.unplaced;
    this.unplaced = [];
    for (const entry of waiting) {
      const { conversation } = entry.event;
      const ours = conversation === undefined || [...this.conversations.values()].some(({ id }) => id === conversation);
      if (ours) this.recount(entry.event, entry.at);
      else if (!this.knowsAll()) this.unplaced.push(entry);
    }
  }

  private recount(event: SeenEvent, at: number): void {
    const story = storyOf(event);
    if (story === null) return;
    this.events.add(story.type);
    if (story.sentDelivery !== null) {
      this.sentAt.set(story.sentDelivery, at);
      // For the story's sake at once; if it fails, the look that decides will say so.
      void this.look().catch(() => {});
    }
    // A part that extends a turn is announced twice, for two readers, in the same words.
    if (story.reason === null || story.reason === this.lastReason) return;
    this.tell({ at_ms: Math.max(0, at - this.startedAt), direction: "note", what: story.type, reason: story.reason });
  }
}
