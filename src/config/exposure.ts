/** What of a configuration lies open, and what of it must not be seen. */
import type { Config } from "./types.ts";

const LOOPBACK = /^(127(\.\d{1,3}){3}|\[?::1\]?|localhost)$/i;
/** Below this a token can be guessed by asking often enough. */
const SHORT_TOKEN = 16;

/** Settings that work but leave something open; to be said at start. */
export function exposures(config: Config): string[] {
  const { host, publicUrl } = config.http;
  const warnings: string[] = [];
  if (!LOOPBACK.test(host) && !publicUrl?.startsWith("https://")) {
    warnings.push(
      `the server listens on ${host} without BOTCTL_PUBLIC_URL=https://…: webhooks and the admin token travel unencrypted ` +
        "unless a TLS proxy stands in front; set BOTCTL_PUBLIC_URL to its address, or HOST=127.0.0.1",
    );
  }
  if (config.adminToken !== null && config.adminToken.length < SHORT_TOKEN) {
    warnings.push(`BOTCTL_ADMIN_TOKEN is shorter than ${SHORT_TOKEN} characters, which can be guessed`);
  }
  const bases = { GRAPH_API_BASE: config.messenger.graphBase, TELEGRAM_API_BASE: config.telegram.apiBase };
  for (const [name, base] of Object.entries(bases)) {
    const { protocol, hostname } = new URL(base);
    if (protocol === "http:" && !LOOPBACK.test(hostname)) {
      warnings.push(`${name} is not https: tokens travel to ${hostname} unencrypted`);
    }
  }
  return warnings;
}

/** Every secret among the settings, for the log's redactor. */
export function secretsOf(config: Config): string[] {
  const { messenger, telegram, model, services } = config;
  return [
    config.adminToken,
    config.secretKey,
    messenger.appSecret,
    messenger.previousAppSecret,
    messenger.verifyToken,
    messenger.pageAccessToken,
    telegram.botToken,
    telegram.webhookSecret,
    model?.apiKey,
    services.agent?.apiKey,
    services.users?.apiKey,
  ].filter((secret) => typeof secret === "string");
}
