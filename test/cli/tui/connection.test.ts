import { describe, expect, test } from "bun:test";
import type { WatchedEvent } from "../../../cli/client.ts";
import { listen } from "../../../cli/tui/connection.ts";
import type { Heard } from "../../../cli/tui/feed.ts";
import type { Link } from "../../../cli/tui/state.ts";
import { Fault } from "../../../src/core/fault.ts";
import { faultOf } from "../stage.ts";
import { anEvent } from "./played.ts";

type Connection = (lastEventId: string | null, onBytes: () => void) => AsyncGenerator<WatchedEvent>;

/** A server that answers each connection by the next of these, and is gone after the last. */
async function listening(chance: number, ...connections: readonly Connection[]) {
  const ending = new AbortController();
  const heard: Heard[] = [];
  const links: Link[] = [];
  const resumed: (string | null)[] = [];
  let opened = 0;
  await listen({
    api: {
      async *events(lastEventId, _, onBytes) {
        resumed.push(lastEventId);
        const next = connections[opened++];
        if (next === undefined) return ending.abort();
        yield* next(lastEventId, onBytes);
      },
    },
    lastEventId: null,
    signal: ending.signal,
    now: () => 1_000,
    chance: () => chance,
    onHeard: (each) => heard.push(each),
    onLink: (link) => links.push(link),
  });
  return { heard, links, resumed };
}

function telling(...ids: readonly string[]): Connection {
  return async function* (_, onBytes) {
    onBytes();
    for (const id of ids) yield { id, event: "alarm", data: anEvent("alarm") };
    await Promise.resolve();
  };
}

/** Nobody answers. */
async function* gone(): AsyncGenerator<WatchedEvent> {
  await Promise.reject(new Fault("unreachable", "No server answers.", ""));
  yield { id: null, event: "", data: anEvent("never") };
}

describe("the event stream", () => {
  test("is opened again after the last event that was heard, however often it breaks", async () => {
    const { heard, resumed } = await listening(0.99, telling("1", "2"), telling("3"));
    expect(heard.map((each) => ("event" in each ? each.id : null))).toEqual(["1", "2", "3"]);
    expect(resumed).toEqual([null, "2", "3"]);
  });

  test("is tried again after a pause that doubles, less a random half, and says since when it is lost", async () => {
    const { links } = await listening(0.5, telling("1"), gone, telling("2"));
    const pauses = links.flatMap((link) => (link.kind === "lost" ? [link.nextAt - 1_000] : []));
    // 250 ms after it broke, 500 after the failure, 250 after it had worked again; each less a quarter.
    expect(pauses).toEqual([188, 375, 188]);
    expect(links.map(({ kind }) => kind)).toEqual(["connecting", "live", "lost", "lost", "live", "lost"]);
  });

  test("that cannot be opened even once is given up, because a wrong address does not become right", async () => {
    expect((await faultOf(listening(0, gone))).code).toBe("unreachable");
  });

  test("tells a gap with how many are missing, or that nobody knows", async () => {
    const gap = (missed: unknown): WatchedEvent => ({ id: "1", event: "gap", data: { ...anEvent("gap"), missed } });
    const { heard } = await listening(0.99, async function* (_, onBytes) {
      onBytes();
      yield* [gap(7), gap(null), gap("many")];
      await Promise.resolve();
    });
    expect(heard).toEqual([{ missed: 7 }, { missed: null }, { missed: null }]);
  });
});
