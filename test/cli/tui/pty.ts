/** The built program in a real terminal: a pseudo-terminal on one side, a terminal emulator on the other. */
import { existsSync } from "node:fs";
import { Terminal } from "@xterm/headless";
import { BINARY } from "../../helpers/bot.ts";
import { until } from "../../helpers/until.ts";

export interface Pty extends AsyncDisposable {
  readonly pid: number;
  /** The screen as people see it, without blanks at the ends of lines. */
  readonly screen: () => string;
  /** Everything the program has written. */
  readonly bytes: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Waits until the screen, drawn to its end, holds all these texts or matches. @returns the screen */
  readonly sees: (...wanted: readonly (string | RegExp)[]) => Promise<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The exit code, once the last that the program wrote is on the screen. */
  readonly exited: Promise<number>;
  /** Which of the terminal's two screens is shown: programs draw on the alternate one. */
  readonly buffer: () => "normal" | "alternate";
  /** The column in which a text begins, counted in cells; null when it is not on the screen. */
  readonly columnOf: (text: string, row: number) => number | null;
}

interface Props {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Instead of the built program. */
  readonly command?: readonly string[];
}

/** Widths as today's terminals have them; the emulator's own table is of 2010 and knows no emoji. */
const TODAY = "today";

function emulator(columns: number, rows: number): Terminal {
  const xterm = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const width = (code: number): 0 | 1 | 2 => {
    const cells = Bun.stringWidth(String.fromCodePoint(code));
    return cells === 0 ? 0 : cells === 1 ? 1 : 2;
  };
  xterm.unicode.register({
    version: TODAY,
    wcwidth: width,
    // Bit 0: joins the cell before; bits 1 and 2: the width. As the emulator's own provider packs it.
    charProperties: (code, before) => {
      const own = width(code);
      const joins = own === 0 && before !== 0;
      return (joins ? 1 : 0) | ((joins ? (before >> 1) & 3 : own) << 1);
    },
  });
  xterm.unicode.activeVersion = TODAY;
  return xterm;
}

export function pty(words: readonly string[], { columns = 80, rows = 24, env = {}, cwd, command }: Props = {}): Pty {
  if (command === undefined && !existsSync(BINARY))
    throw new Error("dist/botctl is not there; `npm run build` makes it");
  const xterm = emulator(columns, rows);
  let bytes = "";
  let unread = 0;
  const closed = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  const child = Bun.spawn([...(command ?? [BINARY]), ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    // CI would make the program think that nobody looks.
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", TERM: "xterm-256color", TZ: "UTC", CI: "1", ...env },
    terminal: {
      cols: columns,
      rows,
      data(_, chunk) {
        bytes += decoder.decode(chunk, { stream: true });
        unread += 1;
        xterm.write(chunk, () => void (unread -= 1));
      },
      exit: () => closed.resolve(),
    },
  });
  const { terminal } = child;
  if (terminal === undefined) throw new Error("there is no pseudo-terminal here");
  const lineAt = (row: number): string =>
    xterm.buffer.active.getLine(xterm.buffer.active.baseY + row)?.translateToString(true) ?? "";
  const screen = (): string => Array.from({ length: xterm.rows }, (_, row) => lineAt(row)).join("\n");
  /** Half a picture proves nothing: its rows come one after the other. */
  const isWhole = (): boolean => unread === 0 && !xterm.modes.synchronizedOutputMode;
  const ended = async (): Promise<number> => {
    const code = await child.exited;
    await closed.promise;
    await new Promise<void>((resolve) => xterm.write("", resolve));
    return code;
  };
  return {
    pid: child.pid,
    screen,
    bytes: () => bytes,
    type: (keys) => void terminal.write(keys),
    resize(toColumns, toRows) {
      terminal.resize(toColumns, toRows);
      xterm.resize(toColumns, toRows);
    },
    sees: (...wanted) =>
      until(`${wanted.join(" and ")} on the screen`, () => {
        const shown = screen();
        const holds = (one: string | RegExp): boolean =>
          typeof one === "string" ? shown.includes(one) : one.test(shown);
        return isWhole() && wanted.every(holds) && shown;
      }).catch((error: Error) => {
        throw new Error(`${error.message}; it shows:\n${screen()}`);
      }),
    kill: (signal) => child.kill(signal),
    exited: ended(),
    buffer: () => xterm.buffer.active.type,
    columnOf(text, row) {
      const line = xterm.buffer.active.getLine(row);
      for (let column = 0; line !== undefined && column < xterm.cols; column++) {
        if (line.translateToString(true, column).startsWith(text)) return column;
      }
      return null;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      terminal.close();
      xterm.dispose();
    },
  };
}
