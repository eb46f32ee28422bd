import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";

/** Names tried when files of the same second are there. */
const MOST_NAMES = 100;

/**
 * Writes a new file for its owner's eyes only: it may hold customers' words. Never over another file.
 *
 * @param name with an extension
 * @returns the name it got
 * @throws Fault `storage`
 */
export async function save(folder: string, name: string, text: string): Promise<string> {
  for (let n = 1; n <= MOST_NAMES; n++) {
    const tried = n === 1 ? name : name.replace(/(\.\w+)$/, `-${n}$1`);
    try {
      await writeFile(join(folder, tried), text, { flag: "wx", mode: 0o600 });
      return tried;
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") continue;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Fault(
        "storage",
        `The file could not be written: ${why}.`,
        "Start botctl watch in a folder you may write to.",
        { cause },
      );
    }
  }
  throw new Fault("storage", `There are ${MOST_NAMES} files like ${name} already.`, "Move some of them away.");
}
