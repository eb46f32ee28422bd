/** A run of scenario files as JUnit XML, which build servers show. Pure. */

export interface SuiteCase {
  /** The file, as it was named. */
  readonly file: string;
  readonly name: string;
  readonly tookMs: number;
  /** What was not as expected, in words; none when it passed. */
  readonly failures: readonly string[];
  /** Why it could not be played at all; null when it was. */
  readonly error: string | null;
}

/** @param startedAt epoch ms */
export function junitXml(cases: readonly SuiteCase[], startedAt: number): string {
  const failures = cases.filter(({ error, failures: found }) => error === null && found.length > 0).length;
  const errors = cases.filter(({ error }) => error !== null).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" time="${seconds(cases.reduce((sum, each) => sum + each.tookMs, 0))}"`;
  const when = new Date(startedAt).toISOString().replace(/\.\d+Z$/, "");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="botctl simulate" ${counts}>`,
    `  <testsuite name="botctl simulate" timestamp="${when}" ${counts}>`,
    ...cases.map(caseXml),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml({ file, name, tookMs, failures, error }: SuiteCase): string {
  const head = `    <testcase classname="${escaped(file)}" name="${escaped(name)}" time="${seconds(tookMs)}"`;
  const inside = [
    ...(error === null ? [] : [element("error", error)]),
    ...(error === null && failures.length > 0 ? [element("failure", failures.join("\n"))] : []),
  ];
  return inside.length === 0 ? `${head}/>` : [`${head}>`, ...inside, "    </testcase>"].join("\n");
}

function element(tag: string, text: string): string {
  const [first = ""] = text.split("\n");
  return `      <${tag} message="${escaped(first)}">${escaped(text)}</${tag}>`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** What XML 1.0 does not allow at all, escaped or not. */
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Fit for text and for attributes, in which line ends must be written as numbers to survive. */
function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, "\ufffd")
    .replace(/[&<>"']/g, (character) => NAMES[character] ?? "")
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
