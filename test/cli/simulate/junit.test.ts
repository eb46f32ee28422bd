import { expect, test } from "bun:test";
import { junitXml } from "../../../cli/commands/simulate/junit.ts";

test("a report counts, and escapes whatever a bot may have said", () => {
  const xml = junitXml(
    [
      { file: "a.yaml", name: "a", tookMs: 1_234, failures: [], error: null },
      {
        file: "b&b.yaml",
        name: "b",
        tookMs: 500,
        failures: ["one reply: \"<b>\u001b[31m]]>\" & 'x'", "second"],
        error: null,
      },
      { file: "c.yaml", name: "c", tookMs: 0, failures: [], error: "c.yaml:3: txet: this word is not known" },
    ],
    Date.UTC(2026, 0, 31, 8),
  );
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="botctl simulate" tests="3" failures="1" errors="1" time="1.734">
  <testsuite name="botctl simulate" timestamp="2026-01-31T08:00:00" tests="3" failures="1" errors="1" time="1.734">
    <testcase classname="a.yaml" name="a" time="1.234"/>
    <testcase classname="b&amp;b.yaml" name="b" time="0.500">
      <failure message="one reply: &quot;&lt;b&gt;\ufffd[31m]]&gt;&quot; &amp; &apos;x&apos;">one reply: &quot;&lt;b&gt;\ufffd[31m]]&gt;&quot; &amp; &apos;x&apos;&#10;second</failure>
    </testcase>
    <testcase classname="c.yaml" name="c" time="0.000">
      <error message="c.yaml:3: txet: this word is not known">c.yaml:3: txet: this word is not known</error>
    </testcase>
  </testsuite>
</testsuites>
`);
});
