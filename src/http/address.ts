/**
 * Who sent a request.
 *
 * @param peer the other end of the connection; null when it is gone already
 * @param hops how many proxies in front may be believed (TRUSTED_PROXY_HOPS). Each adds at the end of `X-Forwarded-For`
 *   whom it saw; what stands before those is the sender's own invention.
 */
export function clientAddress(request: Request, peer: string | null, hops: number): string {
  const forwarded = request.headers.get("x-forwarded-for");
  const seen = hops > 0 && forwarded !== null ? forwarded.split(",").at(-hops)?.trim() : undefined;
  return seen || (peer ?? "unknown");
}

/** Where others on this machine reach a listener, by the HOST that it was given. */
export function localUrl(host: string, port: number): string {
  if (host === "" || host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::" || host === "[::]") return `http://[::1]:${port}`;
  return host.includes(":") && !host.startsWith("[") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
