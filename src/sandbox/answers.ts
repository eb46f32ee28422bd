/** What the fake model says. The same question always gets the same words, so a test can tell what reached it. */
import type { AttachmentKind } from "../core/update.ts";
import type { SeenPicture } from "./picture.ts";
import type { Asked } from "./question.ts";

/** A status that a question may ask for by `#fail:…`. */
export const ASKED_FAILURES = [400, 401, 429, 500] as const;
export type AskedFailure = (typeof ASKED_FAILURES)[number];

export type Decision =
  | { readonly kind: "say"; readonly text: string; readonly afterMs: number }
  | { readonly kind: "nothing" }
  | { readonly kind: "fail"; readonly status: AskedFailure };

/** How much of a question is said back, in UTF-16 units. */
const SAID_BACK_UNITS = 300;
/** At least this long is what `#long` gets: more than two messages of Messenger, more than one of Telegram. */
const LONG_UNITS = 5_000;

/**
 * Decides by the words of the question. `#slow:3000` may stand beside any other word.
 *
 * @returns what to say and how long to think about it, nothing at all, or how to fail
 */
export function decide(asked: Asked): Decision {
  const failure = /#fail:(\d{3})\b/.exec(asked.text)?.[1];
  const status = ASKED_FAILURES.find((each) => String(each) === failure);
  if (status !== undefined) return { kind: "fail", status };
  if (/#empty\b/.test(asked.text)) return { kind: "nothing" };
  const afterMs = Number(/#slow:(\d{1,6})\b/.exec(asked.text)?.[1] ?? 0);
  if (/#long\b/.test(asked.text)) return { kind: "say", text: longAnswer(), afterMs };
  if (/#markdown\b/.test(asked.text)) return { kind: "say", text: MARKDOWN, afterMs };
  return { kind: "say", text: asked.language === "vi" ? inVietnamese(asked) : inEnglish(asked), afterMs };
}

function inVietnamese({ text, earlier, named, seen }: Asked): string {
  const things = listed(named, (kind, count) => `${count} ${VIETNAMESE[kind]}`, "và");
  const sentences = [things === "" ? "Chào bạn!" : `Mình đã xem ${things} của bạn.`];
  for (const [index, picture] of seen.entries()) sentences.push(`Ảnh ${index + 1}: ${describe(picture, "vi")}.`);
  if (earlier !== null) sentences.push(`Lúc trước bạn nói: “${saidBack(earlier)}”.`);
  if (text !== "") sentences.push(`Bạn hỏi: “${saidBack(text)}”. Mình kiểm tra rồi trả lời bạn ngay nhé.`);
  else sentences.push("Bạn cần mình giúp gì ạ?");
  return sentences.join(" ");
}

function inEnglish({ text, earlier, named, seen }: Asked): string {
  const things = listed(named, (kind, count) => `${count} ${kind}${count === 1 ? "" : "s"}`, "and");
  const sentences = [things === "" ? "Hello!" : `I looked at your ${things}.`];
  for (const [index, picture] of seen.entries()) sentences.push(`Image ${index + 1}: ${describe(picture, "en")}.`);
  if (earlier !== null) sentences.push(`Before, you said: “${saidBack(earlier)}”.`);
  if (text !== "") sentences.push(`You asked: “${saidBack(text)}”. Let me check that for you.`);
  else sentences.push("What would you like to know?");
  return sentences.join(" ");
}

/** "2 ảnh, 1 tệp và 1 video"; empty when there is nothing. */
function listed(
  named: ReadonlyMap<AttachmentKind, number>,
  phrase: (kind: AttachmentKind, count: number) => string,
  and: string,
): string {
  const phrases = [...named].map(([kind, count]) => phrase(kind, count));
  const last = phrases.pop() ?? "";
  return phrases.length === 0 ? last : `${phrases.join(", ")} ${and} ${last}`;
}

/** Size and colour prove that the bytes were looked at and not only their address. */
function describe(picture: SeenPicture | null, language: "vi" | "en"): string {
  if (picture === null) return language === "vi" ? "mình không mở được" : "could not be opened";
  const size = `${picture.format} ${picture.width}×${picture.height}, ${picture.bytes} byte`;
  if (language === "en") return `${size}s${picture.colour === null ? "" : `, ${picture.colour.en}`}`;
  return `${size}${picture.colour === null ? "" : `, màu ${picture.colour.vi}`}`;
}

function saidBack(text: string): string {
  if (text.length <= SAID_BACK_UNITS) return text;
  return `${text
    .slice(0, SAID_BACK_UNITS)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}…`;
}

/** Numbered sentences, so that one lost where a message was cut is missed. */
function longAnswer(): string {
  let text = "";
  for (let number = 1; text.length < LONG_UNITS; number++) {
    const sentence = SENTENCES[(number - 1) % SENTENCES.length] ?? "";
    const gap = text === "" ? "" : number % 4 === 1 ? "\n\n" : " ";
    text += `${gap}Ý ${number}: ${sentence}`;
  }
  return text;
}

const VIETNAMESE: Readonly<Record<AttachmentKind, string>> = {
  image: "ảnh",
  video: "video",
  audio: "tin nhắn thoại",
  file: "tệp",
  sticker: "nhãn dán",
  location: "vị trí",
  contact: "danh thiếp",
  link: "liên kết",
  template: "thẻ",
  other: "tệp đính kèm",
};

const SENTENCES = [
  "mẫu này shop còn đủ màu, riêng cỡ M hôm nay chỉ còn ba cái thôi ạ.",
  "giá niêm yết là 350.000 đ, mua từ hai cái trở lên thì bên mình giảm mười phần trăm.",
  "hàng đặt trước 15 giờ sẽ được gửi đi trong ngày, nội thành nhận sau một đến hai hôm.",
  "bạn ở tỉnh thì thời gian giao thường là ba đến năm ngày, cuối tuần có thể chậm hơn một chút.",
  "phí vận chuyển đồng giá 30.000 đ, đơn từ 500.000 đ được miễn phí.",
  "nhận hàng bạn cứ mở ra xem, không vừa ý thì đổi trong bảy ngày và giữ nguyên tem mác giúp mình.",
  "vải là cotton pha, giặt máy được, bạn tránh sấy nóng để áo giữ dáng lâu hơn.",
  "nếu phân vân về cỡ, bạn cho mình xin chiều cao với cân nặng để mình tư vấn kỹ hơn nhé.",
  "shop nhận thanh toán khi nhận hàng, chuyển khoản, và cả ví điện tử.",
  "cửa hàng mở cửa từ 9 giờ đến 21 giờ, kể cả chủ nhật và ngày lễ.",
];

const MARKDOWN = [
  "## Bảng giá hôm nay",
  "",
  "Mẫu **áo thun** đang *giảm giá*, bạn xem nhanh nhé:",
  "",
  "| Mẫu | Cỡ | Giá |",
  "| --- | --- | --- |",
  "| Áo thun trắng | M | 150.000 đ |",
  "| Áo thun đen | L | 165.000 đ |",
  "",
  "Cách đặt hàng:",
  "",
  "1. Chọn mẫu và cỡ",
  "2. Nhắn `ĐẶT` kèm số điện thoại",
  "",
  "- Giao trong ngày ở nội thành",
  "- Đổi trả trong 7 ngày",
  "",
  "Chi tiết ở [trang của shop](https://example.com/ao-thun).",
].join("\n");
