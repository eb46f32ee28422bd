/** What a person reads when the agent failed: once, in their language; the answer itself is still tried (A8). */
const APOLOGIES = {
  vi: "Xin lỗi, có lỗi xảy ra. Vui lòng thử lại sau.",
  en: "Sorry, something went wrong. Please try again later.",
} as const;

/** The apology in the person's language. Says nothing of the cause: that is for the log. */
export function apologyFor(language: "vi" | "en"): string {
  return APOLOGIES[language];
}
