import type { BotEvent } from "../core/event.ts";
import type { Alarms } from "../events/alarms.ts";

/** What a person should know, and what to do about it. */
interface Concern {
  /** One alarm and one cool-down each: "dead:1029384756". */
  readonly cause: string;
  readonly message: string;
}

/** Reads all events and raises the alarms that follow from them (R11). */
export function watchful(alarms: Pick<Alarms, "raise">): (event: BotEvent) => void {
  return (event) => {
    const concern = concernOf(event);
    if (concern === null) return;
    // A moment later: an alarm is an event too, and must not reach other readers before the one it follows from.
    queueMicrotask(() => alarms.raise(concern.cause, concern.message));
  };
}

/** Null when nobody needs to act. */
function concernOf(event: BotEvent): Concern | null {
  switch (event.type) {
    case "breaker_state":
      if (event.state !== "open") return null;
      return {
        cause: `breaker:${event.scope}`,
        message: `calls to ${event.scope} fail one after the other (${event.reason}), so they pause and are probed again by themselves; if it lasts, look at ${event.scope === "user service" ? "that service" : "the platform's status page"} and at this machine's network`,
      };
    case "account_state":
      return accountConcern(event);
    case "send_failed":
      return event.state === "dead" || event.state === "expired" ? lostReply(event) : null;
    case "turn_failed":
      if (event.state !== "dead") return null;
      return {
        cause: `dead:${event.account}`,
        message: `a question to ${event.platform} account ${event.account} was given up (${event.reason}): see \`botctl retry list --state dead\`, and \`botctl retry flush\` has it answered after all`,
      };
    case "service_refused":
      return {
        cause: `refused:${event.scope}`,
        message: `the ${event.scope} refuses us (${event.reason}), and what it is owed waits: check SERVICE_API_KEY, SERVICE_API_HEADER and USER_SERVICE_BASE and restart, or mend it there and \`botctl retry flush\``,
      };
    case "interaction_failed":
      if (event.state !== "dead") return null;
      return {
        cause: "dead:user service",
        message: `the user service will not take an interaction (${event.reason}): see \`botctl retry list --kind interaction --state dead\`, and \`botctl retry flush\` tries it once more`,
      };
    default:
      return null;
  }
}

function accountConcern({
  platform,
  account,
  state,
  reason,
}: Extract<BotEvent, { type: "account_state" }>): Concern | null {
  switch (state) {
    case "active":
    case "removed":
      return null;
    case "auth_failed":
      return {
        cause: `account:${platform}:${account}`,
        message: `the token of ${platform} account ${account} is refused (${reason}), and what it owes waits: give it a new one with \`botctl accounts set-token ${account} --token-file FILE\``,
      };
    case "paused":
      return {
        cause: `account:${platform}:${account}`,
        message: `${platform} told account ${account} to stop (${reason}), and what it owes waits: look into its notices there, then give it a new token with \`botctl accounts set-token ${account} --token-file FILE\``,
      };
  }
}

function lostReply({ platform, account, state, reason }: Extract<BotEvent, { type: "send_failed" }>): Concern {
  const flush = state === "expired" ? "botctl retry flush --force" : "botctl retry flush";
  return {
    cause: `dead:${account}`,
    message: `a reply of ${platform} account ${account} was given up (${reason}): see \`botctl retry list --state ${state}\`, and \`${flush}\` tries it once more`,
  };
}
