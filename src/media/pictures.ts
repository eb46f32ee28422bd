/**
 * The pictures of the conversations under way: fetched as soon as the part that names them is stored, so that they are there
 * when the turn is answered, and kept for a while, because a turn may be answered again with a newer part.
 */
import type { Picture } from "../core/agent.ts";
import type { Clock } from "../core/clock.ts";
import type { Attachment } from "../core/update.ts";
import { MAX_BYTES } from "./limits.ts";
import type { FileOwner, LoadPicture, Loaded, PictureSource } from "./load.ts";

export interface PicturesOptions {
  readonly clock: Clock;
  readonly load: LoadPicture;
  /** Hears of bugs; the answer is given without the picture. */
  readonly onError: (error: unknown) => void;
  /** How long an answer waits for its pictures, all together. 5 s when absent. */
  readonly patienceMs?: number;
}

/** What the agent is shown and told about the pictures of one turn. */
export interface Shown {
  /** In the order they were sent; three at most. */
  readonly pictures: readonly Picture[];
  /** English sentences about what is not shown: "Image 2 could not be fetched (it is too large)." */
  readonly notes: readonly string[];
}

/** Pictures a vision model takes in one request. */
const MOST_SHOWN = 3;
const PATIENCE_MS = 5_000;
const KEPT_MS = 5 * 60_000;
/** Long enough that one answer does not ask twice; short enough that a hiccup is forgotten when the next part comes. */
const FAILURE_KEPT_MS = 30_000;
const MOST_AT_ONCE = 4;
/** Above this many waiting, nothing is fetched ahead; turns that are being answered still get theirs. */
const MOST_WAITING = 64;
/** Of everything here: what is kept, and what is on its way. */
const MOST_TOTAL_BYTES = 64 * 1_024 * 1_024;
const MOST_KEPT_BYTES = MOST_TOTAL_BYTES - MOST_AT_ONCE * MAX_BYTES;
const MOST_KEPT = 1_000;

const NO_ADDRESS: Loaded = { kind: "failed", told: "could not be fetched (no address came with it)" };
const TOO_LARGE: Loaded = { kind: "failed", told: "could not be fetched (it is too large)" };
const TOO_LATE: Loaded = { kind: "failed", told: "could not be fetched in time" };
const GIVEN_UP: Loaded = { kind: "failed", told: "could not be fetched (the server is stopping)" };
const BROKEN: Loaded = { kind: "failed", told: "could not be read (something went wrong here)" };

interface Entry {
  readonly key: string;
  readonly source: PictureSource;
  readonly done: Promise<Loaded>;
  readonly settle: (loaded: Loaded) => void;
  /** Null until it is known. */
  loaded: Loaded | null;
  /** Epoch ms; counts once `loaded` is known. */
  keptUntil: number;
}

export class Pictures {
  /** By address, or by account and id. Those that are known stand in the order in which they came to be. */
  private readonly entries = new Map<string, Entry>();
  private readonly waiting: Entry[] = [];
  private underWay = 0;
  private keptBytes = 0;
  private readonly stopped = new AbortController();

  constructor(private readonly options: PicturesOptions) {}

  /** Starts fetching the pictures among `attachments`. Never throws, and there is nothing to wait for. */
  prefetch(attachments: readonly Attachment[], owner: FileOwner): void {
    for (const { picture } of picturesAmong(attachments).slice(0, MOST_SHOWN)) {
      if (hopeless(picture) === null && this.waiting.length < MOST_WAITING) this.entry(picture, owner);
    }
    this.startNext();
  }

  /**
   * The pictures of one turn. Waits for those still on their way, but not longer than the answer may be delayed; they go on
   * and are there when the turn is answered again. Never throws.
   *
   * @param attachments all of the turn in order, of every kind
   * @param owner the account they were sent to
   * @param signal gives up waiting
   */
  async of(attachments: readonly Attachment[], owner: FileOwner, signal: AbortSignal): Promise<Shown> {
    const wanted = picturesAmong(attachments);
    const first = wanted.slice(0, MOST_SHOWN);
    const entries = first.map(({ picture }) => hopeless(picture) ?? this.entry(picture, owner));
    // Backwards, because each goes to the front of the line.
    for (const entry of entries.toReversed()) if ("done" in entry) this.hurry(entry);
    this.startNext();

    const patience = this.patience(signal);
    const results = await Promise.all(
      entries.map((entry) => Promise.race(["done" in entry ? entry.done : entry, patience.over])),
    );
    patience.end();
    const pictures = results.flatMap((result) => (result.kind === "loaded" ? [result.picture] : []));
    const notes = results.flatMap((result, index) =>
      result.kind === "failed" ? [`${first[index]?.name ?? "Image"} ${result.told}.`] : [],
    );
    if (wanted.length > MOST_SHOWN) notes.push(`Only the first ${MOST_SHOWN} of ${wanted.length} images are shown.`);
    return { pictures, notes };
  }

  /** Gives up everything under way. What is asked afterwards fails at once. */
  stop(): void {
    this.stopped.abort();
    for (const entry of this.waiting.splice(0)) this.finish(entry, GIVEN_UP);
  }

  private patience(signal: AbortSignal): { readonly over: Promise<Loaded>; end(): void } {
    const { promise: over, resolve } = Promise.withResolvers<Loaded>();
    const give = (): void => resolve(TOO_LATE);
    const cancel = this.options.clock.after(this.options.patienceMs ?? PATIENCE_MS, give);
    signal.addEventListener("abort", give, { once: true });
    if (signal.aborted) give();
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", give);
    };
    return { over, end };
  }

  /** What is known or on its way, else a new entry at the end of the line. */
  private entry({ url, fileId }: Attachment, owner: FileOwner): Entry {
    this.forgetExpired();
    const key = url === null ? `id:${owner.accountId}:${fileId}` : `url:${url}`;
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const { promise: done, resolve: settle } = Promise.withResolvers<Loaded>();
    const entry: Entry = {
      key,
      source: { owner, url, fileId: fileId ?? null },
      done,
      settle,
      loaded: null,
      keptUntil: 0,
    };
    this.entries.set(key, entry);
    if (this.stopped.signal.aborted) this.finish(entry, GIVEN_UP);
    else this.waiting.push(entry);
    return entry;
  }

  private hurry(entry: Entry): void {
    const index = this.waiting.indexOf(entry);
    if (index > 0) this.waiting.unshift(...this.waiting.splice(index, 1));
  }

  private startNext(): void {
    while (this.underWay < MOST_AT_ONCE) {
      const entry = this.waiting.shift();
      if (entry === undefined) return;
      this.underWay++;
      void this.load(entry).then((loaded) => {
        this.underWay--;
        this.finish(entry, loaded);
        this.startNext();
      });
    }
  }

  private async load(entry: Entry): Promise<Loaded> {
    try {
      return await this.options.load(entry.source, this.stopped.signal);
    } catch (error) {
      this.options.onError(error);
      return BROKEN;
    }
  }

  private finish(entry: Entry, loaded: Loaded): void {
    entry.loaded = loaded;
    entry.keptUntil = this.options.clock.now() + (loaded.kind === "loaded" ? KEPT_MS : FAILURE_KEPT_MS);
    this.keptBytes += bytesOf(entry);
    this.entries.delete(entry.key);
    this.entries.set(entry.key, entry);
    entry.settle(loaded);
    this.forgetOldest();
  }

  private forgetExpired(): void {
    const now = this.options.clock.now();
    for (const entry of this.entries.values()) if (entry.loaded !== null && entry.keptUntil <= now) this.forget(entry);
  }

  private forgetOldest(): void {
    for (const entry of this.entries.values()) {
      if (this.keptBytes <= MOST_KEPT_BYTES && this.entries.size <= MOST_KEPT) return;
      if (entry.loaded !== null) this.forget(entry);
    }
  }

  private forget(entry: Entry): void {
    this.entries.delete(entry.key);
    this.keptBytes -= bytesOf(entry);
  }
}

function bytesOf({ key, loaded }: Entry): number {
  return key.length + (loaded?.kind === "loaded" ? loaded.picture.bytes.byteLength : 0);
}

/** A picture a person sent. `name` is what the prompt calls it: "Image 2". */
interface Wanted {
  readonly name: string;
  readonly picture: Attachment;
}

/** What is known of a picture without asking; null when it is worth asking. */
function hopeless({ url, fileId, bytes = 0 }: Attachment): Loaded | null {
  if (url === null && fileId === undefined) return NO_ADDRESS;
  return bytes > MAX_BYTES ? TOO_LARGE : null;
}

/** Images, and files that say they are images: what is sent "as a file" keeps its full size. Stickers are not looked at. */
function picturesAmong(attachments: readonly Attachment[]): Wanted[] {
  let images = 0;
  let files = 0;
  return attachments.flatMap((picture) => {
    const { kind, mime } = picture;
    if (kind === "image") return [{ name: `Image ${++images}`, picture }];
    if (kind !== "file") return [];
    files++;
    return mime?.startsWith("image/") === true ? [{ name: `File ${files}`, picture }] : [];
  });
}
