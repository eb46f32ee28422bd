import { expect, test } from "bun:test";
import fc from "fast-check";
import { elementsOf } from "../../../src/channels/telegram/elements.ts";

const parsed = (texts: readonly string[]): unknown[] => texts.map((text): unknown => JSON.parse(text));

test("the elements of an array are found as they came, whatever is in them and around them", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const around = fc.dictionary(fc.string(), value, { maxKeys: 4 });
  fc.assert(
    fc.property(around, fc.array(value), around, fc.constantFrom(0, 1, 2), (before, result, after, indent) => {
      const json = JSON.stringify(
        { ...before, result, ...Object.fromEntries(Object.entries(after)), result_: 1 },
        null,
        indent,
      );
      const shown: unknown = JSON.parse(json).result;
      const texts = elementsOf(json, "result");
      if (!Array.isArray(shown)) return expect(texts).toEqual([]);
      expect(parsed(texts)).toEqual(shown);
      for (const text of texts) expect(json).toContain(text);
    }),
  );
});

test.each([
  ['{"ok":true,"result":[]}', []],
  ['{"ok":true,"result":[ ]}', []],
  ['{"result":[{"a":"]},{"}, {"b":[1,[2]]} ]}', ['{"a":"]},{"}', '{"b":[1,[2]]}']],
  ['{"result":[12345678901234567890,1.0]}', ["12345678901234567890", "1.0"]],
  ['{"a":{"result":[1]},"b":"result","result":{"result":[2]}}', []],
  ['{"re\\u0073ult":["\\"",2]}', ['"\\""', "2"]],
  ['{"result":[1],"result":[2]}', ["2"]],
])("%s holds %p", (json, elements) => {
  expect(elementsOf(json, "result")).toEqual(elements);
});
