// What the screen costs and what it misses: `npm run bench:watch`, with flags after `--`. See bench/README.md.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BINARY } from "../../test/helpers/bot.ts";
import { loadAverage } from "../ingest/proc.ts";
import { measureRestarts } from "./restart.ts";
import { measureScreen } from "./screen.ts";
import { shown, verdictsOf, type Report } from "./report.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "100" },
    restarts: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});

if (!existsSync(BINARY)) {
  process.stderr.write("dist/botctl is not there. Run `npm run build` first.\n");
  process.exit(2);
}
const loadBefore = loadAverage();
const perSecond = Number(flags.rate);
process.stderr.write(`${perSecond} events/s for ${flags.seconds} s …\n`);
const screen = await measureScreen({ seconds: Number(flags.seconds), perSecond });
process.stderr.write(`${flags.restarts} restarts …\n`);
const restart = await measureRestarts(Number(flags.restarts));
const report: Report = { cores: availableParallelism(), loadBefore, perSecond, screen, restart };
process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : shown(report));
if (verdictsOf(report).some(({ holds }) => !holds)) process.exitCode = 1;
process.exit();
