/** Markdown as plain text that still reads well, because Messenger shows marks as they are typed. */
import { readMarkdown, type Node } from "../markdown.ts";

/** Takes the Markdown out of a text. Plain text comes back as it was, but for blank lines in excess. */
export function plainText(markdown: string): string {
  return plainOf(readMarkdown(markdown))
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function plainOf(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : shown(node))).join("");
}

function shown(node: Exclude<Node, string>): string {
  const words = plainOf(node.children);
  return node.tag === "a" ? `${words} (${node.href})` : words;
}
