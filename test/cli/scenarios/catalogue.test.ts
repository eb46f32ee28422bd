import { describe, expect, test } from "bun:test";
import { ACTS } from "../../../cli/scenarios/acts.ts";
import { CATALOGUE, refuseIdleOptions, scenarioOf } from "../../../cli/scenarios/catalogue.ts";
import { NO_OPTIONS, type Check, type Happening, type Script } from "../../../cli/scenarios/scenario.ts";

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

describe("every script", () => {
  test.each(scripts)(
    "%s has steps with names of their own, and checks that name steps there are",
    (_, { steps, checks }) => {
      const ids = steps.map((step) => step.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(checks.length).toBeGreaterThan(0);
      const labels = steps.flatMap(({ id, deed }) =>
        deed.kind === "post" ? deed.happenings.map((_each, index) => (index === 0 ? id : `${id}.${index}`)) : [id],
      );
      expect(labels).toEqual(expect.arrayContaining(checks.flatMap(named)));
    },
  );

  test.each(scripts)("%s speaks only of steps that came before", (_, { steps }) => {
    const wrong = steps.flatMap(({ id, deed }, index) => {
      const before = new Set(steps.slice(0, index).map((step) => step.id));
      const names = deed.kind === "again" ? [deed.step] : deed.kind === "post" ? deed.happenings.flatMap(referred) : [];
      return names.filter((name) => !before.has(name)).map((name) => `${id} → ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(scripts)("%s says how its webhooks are answered", (_, { steps }) => {
    const silent = new Set(["kill", "stall"]);
    expect(steps.filter((step) => (step.status === null) !== silent.has(step.deed.kind))).toEqual([]);
  });
});

test("names are different and can be typed", () => {
  const names = CATALOGUE.map((scenario) => scenario.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
});

test("a name that is nearly right brings the right one", () => {
  expect(() => scenarioOf("spl")).toThrow(
    expect.objectContaining({ code: "usage", fix: expect.stringContaining("split") }),
  );
  expect(() => scenarioOf("quantum")).toThrow('There is no scenario "quantum".');
});

test("an option that no named scenario heeds is refused, and one that some heed is not", () => {
  const both = [scenarioOf("text"), scenarioOf("split")];
  expect(() => refuseIdleOptions(both, { ...NO_OPTIONS, gapMs: 300 })).not.toThrow();
  expect(() => refuseIdleOptions(both, { ...NO_OPTIONS, count: 3 })).toThrow("--count changes nothing in text, split.");
});
