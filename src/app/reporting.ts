/** What tells the owner's user service; nothing at all when there is none. */
import type { Config } from "../config.ts";
import { Reporter, type ReporterOptions } from "../workers/reporter.ts";

/** Calls of the user service under way at the same time, each about another person. */
const CONCURRENCY = 8;

/** @returns null without USER_SERVICE_BASE, and in a sandbox: the built-in tables serve */
export async function reporterOf(
  config: Config,
  shared: Omit<ReporterOptions, "service" | "retry" | "concurrency" | "chance">,
): Promise<Reporter | null> {
  const settings = config.sandbox ? null : config.services.users;
  if (settings === null) return null;
  const { userService } = await import("../services/users/index.ts");
  const retry = { quickRetries: config.delivery.quickRetries };
  return new Reporter({
    ...shared,
    service: userService(settings),
    retry,
    chance: Math.random,
    concurrency: CONCURRENCY,
  });
}
