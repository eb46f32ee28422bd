/** Every built-in scenario, in the order in which `simulate list` shows them. */
import type { ChannelName } from "../../src/core/channel.ts";
import { Fault } from "../../src/core/fault.ts";
import { CHANGES } from "./changes.ts";
import { EVENTS } from "./events.ts";
import { REFUSALS } from "./refusals.ts";
import type { OptionName, Scenario, ScenarioOptions } from "./scenario.ts";
import { TALK } from "./talk.ts";
import { TELEGRAM } from "./telegram-catalogue.ts";

export const CATALOGUE: readonly Scenario[] = [...TALK, ...EVENTS, ...CHANGES, ...REFUSALS, ...TELEGRAM];

/**
 * @param channel whose scenario is meant when the name does not say
 * @throws Fault `usage` with the nearest names when there is no such scenario
 */
export function scenarioOf(typed: string, channel: ChannelName = "messenger"): Scenario {
  const plain = typed.replace(/^messenger\//, "");
  const name = channel === "messenger" || typed.includes("/") ? plain : `${channel}/${plain}`;
  const found = CATALOGUE.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const near = CATALOGUE.filter((scenario) => scenario.name.includes(name) || name.includes(scenario.name));
  const fix = near.length === 0 ? "" : `Did you mean ${near.map((scenario) => scenario.name).join(" or ")}? `;
  throw new Fault("usage", `There is no scenario "${name}".`, `${fix}\`botctl simulate list\` shows them all.`);
}

/**
 * Refuses an option that no named scenario would heed, because silence would look like success.
 *
 * @throws Fault `usage`
 */
export function refuseIdleOptions(scenarios: readonly Scenario[], options: ScenarioOptions): void {
  const given: [OptionName, unknown][] = [
    ["gap", options.gapMs],
    ["order", options.order],
    ["count", options.count],
    ["text", options.text],
  ];
  for (const [name, value] of given) {
    if (value === null || scenarios.some((scenario) => scenario.options.includes(name))) continue;
    const users = CATALOGUE.filter((scenario) => scenario.options.includes(name)).map((scenario) => scenario.name);
    const named = scenarios.map((scenario) => scenario.name).join(", ");
    throw new Fault("usage", `--${name} changes nothing in ${named}.`, `It is for ${users.join(", ")}.`);
  }
}
