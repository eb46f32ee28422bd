/** What a person reads when the agent failed: once, in their language; the answer itself is still tried (A8). */
const APOLOGIES = {
  vi: "Xin lỗi, có lỗi xảy ra. Vui lòng thử lại sau.",
  en: "Sorry, something went wrong. Please try again later.",
} as const;

/** The apology in the person's language. Says nothing of the cause: that is for the log. */
export function apologyFor(language: "vi" | "en"): string {
  return APOLOGIES[language];
}

/** The same where the owner's own service answers: the words of T7, and below them English for who writes it. */
const SERVICE_APOLOGIES = {
  vi: "Agent tạm thời bận, vui lòng thử lại sau.",
  en: "Agent tạm thời bận, vui lòng thử lại sau.\nThe agent is busy right now, please try again later.",
} as const;

export function serviceApologyFor(language: "vi" | "en"): string {
  return SERVICE_APOLOGIES[language];
}

const PATIENCE: Readonly<Record<"vi" | "en", string>> = {
  vi: "Bạn nhắn nhanh quá, mình đọc không kịp. Chờ mình một chút, mình sẽ trả lời chung một lượt nhé.",
  en: "You write faster than I can read. Give me a moment, and I will answer everything together.",
};

/** What a person reads once a minute when they reached the rate limit (M4). */
export function patienceFor(language: "vi" | "en"): string {
  return PATIENCE[language];
}
