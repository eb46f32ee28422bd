/** Vietnamese or English, guessed from the words; chooses the language of apologies. */
import { lexicon } from "./lexicon.ts";
import { Fact, type Word } from "./word.ts";

const VIETNAMESE = lexicon.words(
  "không được của cho mình này với những người nhiều bao_nhiêu giá cảm_ơn xin chào ơi ạ nhé nha rồi vậy thế có là và thì mà để đi em anh chị gì đâu sao nào khi còn đã sẽ đang cần muốn mua bán hàng giúp hộ xem gửi gởi tôi bạn hình ảnh đơn đặt giao tiền ngày tháng hôm_nay mai nè luôn thôi cũng như trong trên dưới đây hỏi tư_vấn ko dc đc hok hong bn ntn vs mk mik shop sp ck stk e k j z dùng áo quần giày màu cỡ loại mẫu máy làm về đến từ ở nhà phải trả nhận bị lỗi",
);
/** Left out are English words that are also plain Vietnamese: "do", "in", "can", "me", "to", "so", "no", "hang", "long". */
const ENGLISH = lexicon.words(
  "the this that these those is are was were what what's whats where when who why how which hello hey thanks thank please and but with for from your my our his her their you i i'm i'll i've it it's we they does did have has had will would could should want need like know get got send sent show see look check check_out of not don't can't isn't just about there here order price much many if because work open close help me_please good great bad hi buy sell delivery shipping refund cancel available picture photo image file document attached color size_chart which one some any sorry yes same as like exactly into more my make write am are been being sending attached copy",
);
const MARKED = /[ăâđêôơưạảãầấậẩẫằắặẳẵẹẻẽềếệểễịỉĩọỏõồốộổỗờớợởỡụủũừứựửữỳỵỷỹ]/u;
/** Letters and clusters that plain Vietnamese syllables do not have. */
const FOREIGN = /[fjwz]|[bcdghklmnpqrstvx]{2}[aeiouy]?$|ee|ll|ss|tt|ing$|tion|sh|ck|st|[aeiou][bdfgjklqrsvxz]$/;

/** "en" when English words outweigh Vietnamese ones; "vi" otherwise, also when nothing tells. */
export function languageOf(text: string): "vi" | "en" {
  return languageOfWords(lexicon.read(text));
}

/** The language of an app's settings, as the platform names it: "vi", "en-GB". Whoever is not Vietnamese may read English. */
export function languageOfLocale(locale: string): "vi" | "en" {
  return /^vi\b/i.test(locale) ? "vi" : "en";
}

export function languageOfWords(words: readonly Word[]): "vi" | "en" {
  let english = 0;
  for (const word of words) english += LEANING.of(word);
  return english > 0 ? "en" : "vi";
}

/** How much a word speaks for English; negative for Vietnamese. */
const LEANING = new Fact(judge);

function judge(word: Word): number {
  if (!word.plain && MARKED.test(word.shown)) return -2;
  if (ENGLISH.has(word.key)) return 1;
  if (VIETNAMESE.has(word.key) || word.count > 1) return -1;
  const isForeign = word.fold.length > 3 && FOREIGN.test(word.fold) && !/(?:nh|ng|ch)$/.test(word.fold);
  return isForeign ? 0.5 : 0;
}
