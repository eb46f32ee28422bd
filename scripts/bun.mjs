// Runs the project's own bun: `node scripts/bun.mjs <arguments>`.
//
// The `bun` package's install script moves the program out of its platform package. Where install scripts are
// blocked, `bun/bin/bun.exe` is a small placeholder and the program still lies in the platform package. So each
// candidate is judged by its size, and the first real one runs.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules");
const onWindows = process.platform === "win32";
const platform = onWindows ? "windows" : process.platform;
const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
const program = onWindows ? "bun.exe" : "bun";

const candidates = [
  join(modules, "bun", "bin", "bun.exe"),
  ...["", "-musl"].map((libc) => join(modules, "@oven", `bun-${platform}-${cpu}${libc}`, "bin", program)),
];
const bun = candidates.find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000);
if (bun === undefined) {
  console.error("bun was not found. Run `npm install` here first.");
  process.exit(127);
}
const run = spawnSync(bun, process.argv.slice(2), { stdio: "inherit" });
if (run.error) throw run.error;
process.exit(run.status ?? (run.signal === "SIGINT" ? 130 : 1));
