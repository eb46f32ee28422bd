/** Telegram's subset of HTML: b, i, s, code, pre, a. An unknown or unclosed tag makes it refuse the whole message. */
import type { Node } from "../markdown.ts";

/** What the person reads. */
export function plainOf(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : plainOf(node.children))).join("");
}

/** The stretch of a tree from one position of its plain text to another, with every tag closed. UTF-16 units. */
export function htmlOf(nodes: readonly Node[], from: number, to: number): string {
  let at = 0;
  let html = "";
  for (const node of nodes) {
    const length = typeof node === "string" ? node.length : plainOf(node.children).length;
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, length)];
    at += length;
    if (start >= end) continue;
    if (typeof node === "string") {
      html += escaped(node.slice(start, end));
      continue;
    }
    const inner = htmlOf(node.children, start, end);
    const opening = node.tag === "a" ? `<a href="${escaped(node.href)}">` : `<${node.tag}>`;
    // Marks around white space alone show nothing.
    html += inner.trim() === "" ? inner : `${opening}${inner}</${node.tag}>`;
  }
  return html;
}

/** HTML of ours as plain text again, with the addresses behind their links. */
export function textOf(html: string): string {
  return html
    .replace(/<a href="([^"]*)">(.*?)<\/a>/gs, "$2 ($1)")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
