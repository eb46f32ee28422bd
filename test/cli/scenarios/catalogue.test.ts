import { describe, expect, test } from "bun:test";
import { ACTS } from "../../../cli/scenarios/acts.ts";
import { CATALOGUE, refuseIdleOptions, scenarioOf } from "../../../cli/scenarios/catalogue.ts";
import { dialectOf } from "../../../cli/scenarios/dialect.ts";
import { labelIn } from "../../../cli/scenarios/messenger.ts";
import { channelOf, NO_OPTIONS, type Check, type Happening, type Script } from "../../../cli/scenarios/scenario.ts";
import type { ChannelName } from "../../../src/core/channel.ts";

const scripts: [string, Script][] = [
  ...CATALOGUE.map((scenario): [string, Script] => [scenario.name, scenario.script(NO_OPTIONS)]),
  ...ACTS.map((act, index): [string, Script] => [`act ${index + 1}`, act]),
];

/** The steps that a check or a happening names. */
function named(check: Check): readonly string[] {
  if (check.kind === "answers") return check.groups.flat();
  if ("steps" in check) return check.steps;
  return "step" in check ? [check.step] : [];
}

function referred(happening: Happening): readonly string[] {
  if (happening.kind === "reaction") return [happening.to];
  if (happening.kind === "edit" || happening.kind === "unsend") return [happening.of];
  return happening.kind === "text" && happening.replyTo !== undefined ? [happening.replyTo] : [];
}

/** What is posted, one by one: on Telegram an album is several messages. */
function saidIn(happenings: readonly Happening[], channel: ChannelName): readonly Happening[] {
  return dialectOf(channel).posts(happenings).flat();
}

describe("every script", () => {
  test.each(scripts)("%s has steps with names of their own, and checks that name steps there are", (_, script) => {
    const { steps, checks } = script;
    const ids = steps.map((step) => step.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(checks.length).toBeGreaterThan(0);
    const labels = steps.flatMap(({ id, deed }) =>
      deed.kind === "post" ? saidIn(deed.happenings, channelOf(script)).map((_, index) => labelIn(id, index)) : [id],
    );
    expect(labels).toEqual(expect.arrayContaining(checks.flatMap(named)));
  });

  test.each(scripts)("%s speaks only of steps that came before", (_, { steps }) => {
    const wrong = steps.flatMap(({ id, deed }, index) => {
      const before = new Set(steps.slice(0, index).map((step) => step.id));
      const names = deed.kind === "again" ? [deed.step] : deed.kind === "post" ? deed.happenings.flatMap(referred) : [];
      return names.filter((name) => !before.has(name)).map((name) => `${id} → ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(scripts)("%s is about what its platform has words for", (_, script) => {
    const dialect = dialectOf(channelOf(script));
    const refused = script.steps.flatMap(({ deed }) =>
      deed.kind === "post" ? deed.happenings.flatMap((each) => dialect.refuses(each, deed.standby) ?? []) : [],
    );
    expect(refused).toEqual([]);
  });

  test.each(scripts)("%s says how its webhooks are answered", (_, { steps }) => {
    const silent = new Set(["kill", "stall"]);
    expect(steps.filter((step) => (step.status === null) !== silent.has(step.deed.kind))).toEqual([]);
  });
});

test("names are different and can be typed", () => {
  const names = CATALOGUE.map((scenario) => scenario.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^(telegram\/)?[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
});

test("a name that is nearly right brings the right one", () => {
  expect(() => scenarioOf("spl")).toThrow(
    expect.objectContaining({ code: "usage", fix: expect.stringContaining("split") }),
  );
  expect(() => scenarioOf("quantum")).toThrow('There is no scenario "quantum".');
});

test("a name is of the channel that is meant, unless it says another", () => {
  expect(scenarioOf("album", "telegram").name).toBe("telegram/album");
  expect(scenarioOf("telegram/album").name).toBe("telegram/album");
  expect(scenarioOf("messenger/split", "telegram").name).toBe("split");
  expect(scenarioOf("text", "telegram")).not.toBe(scenarioOf("text"));
  expect(() => scenarioOf("album")).toThrow(
    expect.objectContaining({ code: "usage", fix: expect.stringContaining("telegram/album") }),
  );
});

test("an option that no named scenario heeds is refused, and one that some heed is not", () => {
  const both = [scenarioOf("text"), scenarioOf("split")];
  expect(() => refuseIdleOptions(both, { ...NO_OPTIONS, gapMs: 300 })).not.toThrow();
  expect(() => refuseIdleOptions(both, { ...NO_OPTIONS, count: 3 })).toThrow("--count changes nothing in text, split.");
});
