import type { CommandContext } from "../context.ts";

/** How often a pipe is told; a terminal sees every change. */
const LINE_EVERY_MS = 3_000;

/** How far something long has come, on stderr: one line that changes in a terminal, a line now and then in a pipe. */
export class Progress {
  private toldAt: number;
  private shown = "";

  /** @param now monotonic ms */
  constructor(
    private readonly stderr: Pick<CommandContext["stderr"], "write" | "isTTY">,
    private readonly silent: boolean,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.toldAt = now();
  }

  tell(text: string): void {
    if (this.silent || text === this.shown) return;
    if (this.stderr.isTTY) {
      this.stderr.write(`\r\u001b[K${text}`);
      this.shown = text;
      return;
    }
    if (this.now() - this.toldAt < LINE_EVERY_MS) return;
    this.toldAt = this.now();
    this.shown = text;
    this.stderr.write(`${text}\n`);
  }

  /** Takes the changing line away; what was done is said by the result. */
  end(): void {
    if (this.stderr.isTTY && this.shown !== "") this.stderr.write("\r\u001b[K");
    this.shown = "";
  }
}
