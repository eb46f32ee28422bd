import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { plainText } from "../../../src/channels/messenger/plain.ts";

describe("text that only looks like Markdown is left alone", () => {
  test.each([
    "Dạ shop còn áo màu trắng ạ.\nBạn cần cỡ nào?",
    "Giá 5*3 và 4*2, tức 1*2*3 = 6; 2 * 3 = 6; x**2 + y**2",
    "snake_case_name, __init_, @user_name_1, a_b@shop.vn",
    "https://example.com/a*b*c?x_1=1&y_2=2_z_ và https://vi.wikipedia.org/wiki/Hà_Nội_(tỉnh)",
    "(*) Chưa gồm VAT (*) nhé. Giá 500k*, 600k*",
    "~100k, từ 50k~60k",
    "#sale #hè2026\n2026. là năm nay\n-10 độ\n+ Phí giao 30k",
    "a | b\n| một mình |",
    "[không phải link] (a)",
    "*",
    "**",
    "__",
    "`",
    "[](",
    "\uE000 ** \uE000",
    "5 < 6 & 7 > 2 <3",
    "    thụt vào bốn dấu cách ở giữa\n    dòng".trim(),
  ])("%j", (text) => {
    expect(plainText(text)).toBe(text);
  });
});

test.each([
  ["headings", "# Bảng giá\n## Áo ##\nTrắng", "Bảng giá\nÁo\nTrắng"],
  ["bold", "**Giá:**500k, **rất *tốt* nhé**, __đậm__, ***cả hai***", "Giá:500k, rất tốt nhé, đậm, cả hai"],
  ["italics", "*Lưu ý:* (*ghi chú*), _nghiêng_.", "Lưu ý: (ghi chú), nghiêng."],
  ["marks in marks", "_**a**_ **__b__** ~~c~~", "a b c"],
  ["bullets", "- một\n* hai\n  - ba\n\n1. bốn\n2) năm", "• một\n• hai\n  • ba\n\n1. bốn\n2) năm"],
  ["tasks", "- [ ] gọi khách\n- [x] giao hàng", "☐ gọi khách\n☑ giao hàng"],
  ["numbers that skip", "3. ba\n\nchen vào\n\n7. bảy", "3. ba\n\nchen vào\n\n7. bảy"],
  [
    "links",
    "[Xem ở đây](https://shop.vn/a_(1)), [https://a.vn](https://a.vn) <https://b.vn> [a@b.vn](mailto:a@b.vn)",
    "Xem ở đây (https://shop.vn/a_(1)), https://a.vn https://b.vn a@b.vn",
  ],
  ["bold links", "**[Mua](https://a.vn)** và **https://b.vn/x_y**.", "Mua (https://a.vn) và https://b.vn/x_y."],
  ["pictures", '![Áo](https://a.vn/x.png "Áo")', "Áo (https://a.vn/x.png)"],
  [
    "code",
    "Gõ `a*b*` hoặc ``x ` y``\n```js\nlet a = **1**;\n  b_c_d();\n```\nxong",
    "Gõ a*b* hoặc x ` y\nlet a = **1**;\n  b_c_d();\nxong",
  ],
  ["code without an end", "```\n*a*\n", "*a*"],
  ["quotes", "> Hỏi: **còn** không?\nCòn.", "> Hỏi: còn không?\nCòn."],
  [
    "tables",
    "Giá:\n| Tên | Giá |\n|:--|--:|\n| **Áo** | 200k |\n| Quần \\| váy | 300k<br>350k |\nHết",
    "Giá:\nTên | Giá\nÁo | 200k\nQuần | váy | 300k, 350k\nHết",
  ],
  ["rules and blank lines", "a\n\n---\n\n\nb\n***\nc", "a\n\nb\n\nc"],
  ["escapes", "\\*không nghiêng\\* 1\\. a\\_b", "*không nghiêng* 1. a_b"],
  ["line ends", "một  \r\nhai<br>ba", "một  \nhai\nba"],
  ["other scripts", "中文**粗体**中文", "中文粗体中文"],
])("%s become plain text", (_, markdown, text) => {
  expect(plainText(markdown)).toBe(text);
});

test("letters and digits always survive, in order", () => {
  const unit = fc.constantFrom(
    "a",
    "ệ",
    "5",
    "*",
    "**",
    "_",
    "__",
    "`",
    "```",
    "~~",
    "[",
    "](",
    ")",
    "|",
    "\n",
    " ",
    "# ",
    "- ",
    "> ",
    "\\",
    "https://a.vn/",
    "<br>",
  );
  const words = (text: string): string => text.replaceAll("<br>", "").replace(/[^\p{L}\p{N}]/gu, "");
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
      const text = units.join("");
      // A fence's language and a task's box are marks made of letters; neither can arise here but "```a".
      fc.pre(!/(```|~~~)[^\n]*[a\p{L}5]/u.test(text) && !text.includes("[]("));
      // An address that is its own text is shown once: "[a](a)".
      const links = [...text.matchAll(/\[([^\]\n]*)\]\(([^)\n]*)\)/g)];
      fc.pre(!links.some(([, shown = "", address = ""]) => words(shown) === words(address)));
      expect(words(plainText(text))).toBe(words(text));
    }),
    { numRuns: 1_000 },
  );
});

test("adversarial text takes no time to speak of", () => {
  const awful = ["**a ", "*a ", "_a ", "[a](", "`a", "|-", "~~a", "<br", "***", "[", "\\", "https://*"].map(
    (unit) => `${unit.repeat(2_000)}x`,
  );
  const startedAt = performance.now();
  for (const text of awful) expect(plainText(text).length).toBeGreaterThan(0);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
