/** Another process, so that locks and deaths are real ones. */
export interface Child extends AsyncDisposable {
  /** Resolves once it has printed a line that starts with `word`. @throws when it ends without */
  says(word: string): Promise<void>;
  /** All it has printed so far, line by line. */
  lines(): string[];
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Runs a piece of TypeScript in a process of its own.
 *
 * @param script may `import` by absolute path; `say(line)` prints a line
 */
export function runChild(script: string): Child {
  const preamble = `const say = (line) => { require("node:fs").writeSync(1, line + "\\n"); };\n`;
  const child = Bun.spawn([process.execPath, "-e", preamble + script], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let written = "";
  const wanted = new Set<() => void>();
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      written += decoder.decode(chunk, { stream: true });
      for (const look of wanted) look();
    }
  })();
  // The last piece may be half a line, when it was killed while writing.
  const lines = (): string[] => written.split("\n").slice(0, -1);
  return {
    lines,
    says: (word) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!lines().some((line) => line.startsWith(word))) return;
          wanted.delete(look);
          resolve();
        };
        wanted.add(look);
        look();
        void read.then(() => reject(new Error(`the process ended without saying ${word}`)));
      }),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
      await read;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A path of the project as a string literal for a script. */
export function quoted(path: string): string {
  return JSON.stringify(path);
}
