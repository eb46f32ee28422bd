/** Flags that several of the `simulate` commands take, and how their values are read. */
import { InvalidArgumentError, type Command, type Option } from "commander";
import { CHANNEL_NAMES } from "../../../src/core/channel.ts";
import { wholeNumber } from "../../context.ts";

/** What commander makes of them. */
export interface PlayFlags {
  readonly sandbox?: boolean;
  readonly to?: string;
  readonly page?: string;
  readonly timeout?: number;
  readonly seed?: number;
  readonly start?: number | "now";
  readonly speed?: number;
}

/** Where to play, and in whose time. */
export function playFlags(command: Command): Command {
  return command
    .option("--sandbox", "start a sandbox server for it, and stop it afterwards")
    .option("--to <address>", "post there, e.g. to a tunnel; otherwise to the server itself")
    .option("--page <id>", "page or bot that is written to, by the platform's id; otherwise the first one")
    .option("--timeout <seconds>", "how long to wait for a reply (default: 30)", milliseconds(0.1, 86_400))
    .option(
      "--seed <number>",
      "the same bytes each time: contacts, message ids and times",
      wholeNumber(0, 1_000_000_000),
    )
    .option("--start <time>", "when the platform says it begins, like 2026-01-31T08:00:00Z, or now", instant)
    .option("--speed <times>", "with --sandbox: play waits so many times faster, 1 to 50", speed);
}

/** For the commands that can play either platform. */
export function channelOption(command: Command): Option {
  return command.createOption("--channel <name>", "which platform (default: messenger)").choices([...CHANNEL_NAMES]);
}

/** For `.argParser`: seconds as typed, with a fraction if need be, become ms. */
export function milliseconds(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return Math.round(value * 1_000);
    throw new InvalidArgumentError(`It must be seconds from ${least} to ${most}, like 1.2.`);
  };
}

/** For `.argParser`: "10/s", "0.5/s" or "30/m" as a number per second. */
export function rate(typed: string): number {
  const [, amount = "", unit = "s"] = /^(\d{1,4}(?:\.\d{1,3})?)(?:\/(s|m))?$/.exec(typed) ?? [];
  const perSecond = Number(amount) / (unit === "m" ? 60 : 1);
  if (amount !== "" && perSecond > 0 && perSecond <= 1_000) return perSecond;
  throw new InvalidArgumentError("It must be a number per second or minute, like 10/s or 30/m.");
}

/** For `.argParser` of an option that may be given several times. */
export function collected(typed: string, before: readonly string[] = []): readonly string[] {
  return [...before, typed];
}

function instant(typed: string): number | "now" {
  if (typed === "now") return "now";
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(typed)
    ? Date.parse(typed)
    : Number.NaN;
  if (at > 0) return at;
  throw new InvalidArgumentError("It must be now, or a time with its zone, like 2026-01-31T08:00:00Z.");
}

function speed(typed: string): number {
  const value = /^\d{1,2}(\.\d)?$/.test(typed) ? Number(typed) : Number.NaN;
  if (value >= 1 && value <= 50) return value;
  throw new InvalidArgumentError("It must be a number from 1 to 50.");
}
