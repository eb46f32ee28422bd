/** Keeps the state current: the event stream, what is fetched beside it, and the clock. */
import { Fault } from "../../src/core/fault.ts";
import type { EventData } from "../client.ts";
import type { Action } from "./actions.ts";
import type { WatchApi } from "./api.ts";
import { listen } from "./connection.ts";
import { Errands, type Outside } from "./errands.ts";
import { isTrouble, type Heard } from "./feed.ts";
import { Refresher } from "./refresher.ts";
import { listedConversations } from "./select.ts";
import type { State } from "./state.ts";
import type { Store } from "./store.ts";

/** Events are shown together: more than five pictures a second nobody can read, and each costs as much as the last. */
const BATCH_MS = 200;
/** While something counts down, and while nothing does. Not less than a batch, which moves the time as well. */
const COUNTING_TICK_MS = 200;
const IDLE_TICK_MS = 1_000;
const MIN_TICK_MS = 20;
const STATUS_GAP_MS = 2_000;
const LIST_GAP_MS = 1_500;
const MESSAGES_GAP_MS = 300;
const JOURNAL_GAP_MS = 2_000;
/** Without any reason to, the list is compared with the server's this often. */
const LIST_ANYWAY_MS = 30_000;
/** A server without `/api/status` may be replaced by a newer one. */
const ASK_OLD_SERVER_MS = 30_000;
/** Conversations whose words are fetched for a filter that asks for words. */
const MOST_SEARCHED = 100;
/** Before any event: "all that is kept", so that a new screen is not empty. */
const FROM_THE_START = "0";

export class Session {
  private readonly stopping = new AbortController();
  private readonly waiting: Heard[] = [];
  private readonly errands: Errands;
  private readonly refreshers: Readonly<
    Record<"status" | "list" | "messages" | "journal" | "accounts" | "search", Refresher>
  >;
  private flushTimer: ReturnType<typeof setTimeout> | undefined;
  private tickTimer: ReturnType<typeof setTimeout> | undefined;
  private flushedAt = 0;
  private statusAt = 0;
  private listedAt = 0;
  private greeted = false;

  constructor(
    private readonly api: WatchApi,
    private readonly store: Store,
    private readonly outside: Outside,
    /** Anything that nobody planned ends the screen. */
    private readonly onCrash: (error: unknown) => void,
  ) {
    this.errands = new Errands(api, store, outside, (work) => this.watched(work));
    const every = (fetch: () => Promise<void>, gapMs: number): Refresher =>
      new Refresher(() => this.watched(fetch), gapMs, outside.now);
    this.refreshers = {
      status: every(() => this.askStatus(), STATUS_GAP_MS),
      list: every(() => this.askList(), LIST_GAP_MS),
      messages: every(() => this.askMessages(), MESSAGES_GAP_MS),
      journal: every(() => this.askJournal(), JOURNAL_GAP_MS),
      accounts: every(() => this.askAccounts(), JOURNAL_GAP_MS),
      search: every(() => this.searchWords(), LIST_GAP_MS),
    };
  }

  /** Runs until `stop`. @throws Fault when the server cannot be reached at the start, or does not take the token */
  async run(): Promise<void> {
    this.tick();
    await listen({
      api: this.api,
      lastEventId: FROM_THE_START,
      signal: this.stopping.signal,
      now: this.outside.now,
      chance: this.outside.chance,
      onHeard: (heard) => this.hear(heard),
      onLink: (link) => {
        this.store.dispatch({ type: "link", link, now: this.outside.now() });
        if (link.kind === "live") this.refreshAll();
      },
    });
  }

  stop(): void {
    this.stopping.abort();
    clearTimeout(this.flushTimer);
    clearTimeout(this.tickTimer);
    for (const refresher of Object.values(this.refreshers)) refresher.stop();
  }

  /** What a key means, and what follows from it. */
  do(action: Action): void {
    const before = this.store.state();
    this.store.dispatch(action);
    const after = this.store.state();
    this.errands.run(action, before, after);
    if (after.selected !== before.selected) this.refreshers.messages.want();
    if (after.filter !== before.filter) this.refreshers.search.want();
    if (after.errorsOnly && !before.errorsOnly) this.refreshers.journal.want();
    // What was asked for while the screen was held still was not taken in.
    if (after.pause === null && before.pause !== null) this.refreshAll();
  }

  private refreshAll(): void {
    for (const refresher of Object.values(this.refreshers)) refresher.want();
  }

  // ---- events ------------------------------------------------------------------------------------------------------

  private hear(heard: Heard): void {
    const first = !this.greeted;
    this.greeted = true;
    // We asked for all that is kept: that there was something before it is no gap.
    if (first && "missed" in heard) return;
    this.waiting.push(heard);
    if (this.flushTimer !== undefined) return;
    const waitMs = Math.max(0, this.flushedAt + BATCH_MS - this.outside.now());
    this.flushTimer = setTimeout(() => this.flush(), waitMs);
  }

  private flush(): void {
    this.flushTimer = undefined;
    this.flushedAt = this.outside.now();
    const heard = this.waiting.splice(0);
    const { selected, conversations } = this.store.state();
    this.store.dispatch({ type: "heard", heard, now: this.flushedAt });
    let isNew = false;
    for (const each of heard) {
      if ("missed" in each) return this.refreshAll();
      const { event } = each;
      const { conversation } = event;
      isNew ||= conversation !== undefined && !conversations.has(conversation);
      if (conversation !== undefined && conversation === selected && touchesWords(event))
        this.refreshers.messages.want();
      if (isTrouble(event) || this.store.state().retries.length > 0) this.refreshers.journal.want();
      if (event.type === "account_state") this.refreshers.accounts.want();
      if (event.type === "takeover") isNew = true;
    }
    if (isNew) this.refreshers.list.want();
    if (selected === null && this.store.state().selected !== null) this.refreshers.messages.want();
  }

  // ---- what is fetched ---------------------------------------------------------------------------------------------

  /** Failures to reach the server are shown by the connection; what a server refuses is said once. */
  private async watched(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      if (!(error instanceof Fault)) return this.onCrash(error);
      if (error.code === "unreachable" || error.code === "timed_out") return;
      const text = [error.message, error.fix].filter(Boolean).join(" ");
      this.store.dispatch({ type: "said", text, tone: "bad", now: this.outside.now() });
    }
  }

  private async askStatus(): Promise<void> {
    const askedAt = this.outside.now();
    this.statusAt = askedAt;
    const status = await this.api.status();
    if (status === null) this.refreshers.journal.want();
    this.store.dispatch({ type: "status", status, askedAt, now: this.outside.now() });
  }

  private async askList(): Promise<void> {
    this.listedAt = this.outside.now();
    this.store.dispatch({ type: "listed", rows: await this.api.conversations() });
    const { selected, messages } = this.store.state();
    if (selected !== null && !messages.has(selected)) this.refreshers.messages.want();
  }

  private async askMessages(): Promise<void> {
    const { selected } = this.store.state();
    if (selected === null) return;
    this.store.dispatch({ type: "messages", conversation: selected, rows: await this.api.messages(selected) });
    // Somebody went on while this was on its way.
    if (this.store.state().selected !== selected) this.refreshers.messages.want();
  }

  private async askJournal(): Promise<void> {
    this.store.dispatch({ type: "retries", rows: await this.api.retries() });
  }

  private async askAccounts(): Promise<void> {
    this.store.dispatch({ type: "accounts", rows: await this.api.accounts() });
  }

  /** A filter for words needs the words of conversations that nobody has opened. */
  private async searchWords(): Promise<void> {
    const { filter, conversations } = this.store.state();
    if (filter?.terms.some(({ about }) => about === "text") !== true) return;
    const unread = listedConversations({ ...this.store.state(), filter: null }).slice(0, MOST_SEARCHED);
    for (const { id } of unread) {
      const now = this.store.state();
      if (now.filter !== filter || this.stopping.signal.aborted) return;
      if (now.messages.has(id) || !conversations.has(id)) continue;
      this.store.dispatch({ type: "messages", conversation: id, rows: await this.api.messages(id) });
    }
  }

  // ---- the clock ---------------------------------------------------------------------------------------------------

  private tick(): void {
    const state = this.store.state();
    const now = this.outside.now();
    const everyMs = counts(state) ? COUNTING_TICK_MS : IDLE_TICK_MS;
    // Events have just moved the time: another picture would show the same.
    if (now - state.now >= everyMs) this.store.dispatch({ type: "tick", now });
    if (state.link.kind === "live") {
      if (now - this.statusAt >= (state.status === null ? ASK_OLD_SERVER_MS : STATUS_GAP_MS))
        this.refreshers.status.want();
      if (now - this.listedAt >= LIST_ANYWAY_MS) this.refreshers.list.want();
    }
    // Due when the picture is that old, however it came to be drawn.
    const dueMs = this.store.state().now + everyMs - now;
    this.tickTimer = setTimeout(() => this.tick(), Math.max(MIN_TICK_MS, Math.min(everyMs, dueMs)));
  }
}

/** Whether something on the screen changes by itself many times a second. */
function counts({ conversations, link, pause }: State): boolean {
  if (link.kind === "lost") return true;
  return pause === null && [...conversations.values()].some(({ doing }) => doing !== null && doing.kind !== "failed");
}

/** Whether the transcript may have more to show after this event. */
function touchesWords({ type }: EventData): boolean {
  return type !== "intent_classified" && type !== "turn_extended" && type !== "turn_closed";
}
