/** Opens the screen, and gives the terminal back however it ends. */
import { render } from "ink";
import type { AdminClient } from "../client.ts";
import { App } from "./app.tsx";
import { watchApi } from "./api.ts";
import { save } from "./export.ts";
import type { Filter } from "./filter.ts";
import { Session } from "./session.ts";
import { started } from "./state.ts";
import { Store } from "./store.ts";
import { themeFor } from "./theme.ts";

export interface ScreenOptions {
  readonly client: AdminClient;
  /** Finds the server again: a restart may have moved it. */
  readonly reconnect: () => Promise<AdminClient>;
  readonly filter: Filter | null;
  readonly masked: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where exported files go. */
  readonly folder: string;
  /** Calls back when the process is asked to end; the answer undoes it. */
  readonly onSignal: (callback: () => void) => () => void;
}

/** Redraws a second at most; events come in batches of their own, so this is for keys. */
const MOST_FRAMES_PER_SECOND = 30;

/** The collector is called after so many pictures: every few seconds while much goes on, hardly ever otherwise. */
const SWEEP_PICTURES = 10;

/** The collector holds everything up for a moment, so it waits until the picture is out: it may be a key's answer. */
const SWEEP_AFTER_MS = 60;

/**
 * Runs until somebody leaves.
 *
 * @throws Fault when the server cannot be reached at the start, or does not take the token. Anything else is a bug, thrown after
 * the terminal was given back, so that it can be read.
 */
export async function openScreen(options: ScreenOptions): Promise<void> {
  const { stdin, stdout } = process;
  const { client, filter, masked } = options;
  const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 };
  const store = new Store(started({ url: client.url, now: Date.now(), ...size, filter, masked }));
  const crashed = Promise.withResolvers<never>();
  const session = new Session(
    watchApi(client, options.reconnect),
    store,
    {
      now: Date.now,
      chance: Math.random,
      copy: (text) => void stdout.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`),
      save: (name, text) => save(options.folder, name, text),
    },
    crashed.reject,
  );
  // What is typed from here on is ours. What was typed before was echoed: the picture must not begin behind it.
  stdin.setRawMode(true);
  stdout.write("\r");
  const ink = render(<App store={store} session={session} theme={themeFor(options.env)} />, {
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: MOST_FRAMES_PER_SECOND,
    // A key like the others, and a signal that is answered like the others.
    exitOnCtrlC: false,
    // Asked before: Ink would take a CI variable for a reason to draw nothing.
    interactive: true,
  });
  const quit = (): void => store.dispatch({ type: "quit" });
  const deafen = options.onSignal(quit);
  // Pictures are short-lived, and left to itself the collector lets them pile up to twice what the screen needs.
  let pictures = 0;
  let sweep: ReturnType<typeof setTimeout> | undefined;
  const unsubscribe = store.subscribe(() => {
    pictures += 1;
    if (pictures % SWEEP_PICTURES === 0) sweep = setTimeout(() => Bun.gc(true), SWEEP_AFTER_MS);
  });
  process.on("uncaughtException", crashed.reject).on("unhandledRejection", crashed.reject);
  try {
    const running = session.run().then(() => ink.waitUntilExit());
    await Promise.race([ink.waitUntilExit(), running, crashed.promise]);
  } finally {
    unsubscribe();
    clearTimeout(sweep);
    session.stop();
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
    stdin.setRawMode(false);
    deafen();
    process.off("uncaughtException", crashed.reject).off("unhandledRejection", crashed.reject);
  }
}
