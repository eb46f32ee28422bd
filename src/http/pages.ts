/** Pages for people. Plain HTML without scripts. */

/** What becomes of a customer's data, for the platforms' reviewers and for the customers. */
export function privacyPage(contactEmail: string | null, retention: { payloadDays: number; textDays: number }): string {
  const contact =
    contactEmail === null
      ? "<p>To see or delete your data, write to the page or bot that you talked to.</p>"
      : `<p>To see or delete your data, write to <a href="mailto:${escape(contactEmail)}">${escape(contactEmail)}</a>.</p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Privacy</title></head>
<body style="max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font-family: sans-serif; line-height: 1.5">
<h1>Privacy</h1>
<p>This service answers messages sent to a page or bot. It stores the messages, the time they came and the account's id
for the sender, so that it can answer with the conversation in mind and answer each message once.</p>
<p>The text may be sent to a language model to write the answer. It is not sold and not used for advertising.</p>
<p>Messages as the platform delivered them are kept for ${retention.payloadDays} days, their text for ${retention.textDays} days.</p>
${contact}
</body>
</html>
`;
}

function escape(text: string): string {
  return Bun.escapeHTML(text);
}
