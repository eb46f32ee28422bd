/** A small user service: keeps users and interactions as the real one does, and fails where a test wants it. */
import { z } from "zod";

const Registration = z.object({
  telegram_id: z.int(),
  phone: z.string().nullable(),
  full_name: z.string().nullable(),
  email: z.string().nullable(),
});
const Posted = z.object({
  user_id: z.int(),
  telegram_message_id: z.int().nullable(),
  direction: z.enum(["in", "out"]),
  message_text: z.string(),
  metadata: z.record(z.string(), z.unknown()),
});
type Posted = z.infer<typeof Posted>;

/** What becomes of a request before anything is done with it; null: it goes its way. */
export type Hurdle = (request: Request, path: string, body: unknown) => Response | Promise<Response | null> | null;

export const API_KEY = "user-service-key";

export class UserServer {
  readonly users: (z.infer<typeof Registration> & { id: number })[] = [];
  readonly interactions: (Posted & { id: number })[] = [];
  /** Every request, as "METHOD /path". */
  readonly calls: string[] = [];
  hurdle: Hurdle = () => null;
  /** The list tells no metadata. */
  terse = false;
  private server: ReturnType<typeof Bun.serve> | null = null;
  private port = 0;

  /** @param key what SERVICE_API_KEY must be */
  constructor(private readonly key: string = API_KEY) {}

  /** Comes up, at the same address each time. */
  start(): string {
    this.server = Bun.serve({
      hostname: "127.0.0.1",
      port: this.port,
      idleTimeout: 60,
      fetch: (request) => this.answer(request),
    });
    this.port = this.server.port ?? 0;
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Goes down, and cuts what it is doing. */
  async stop(): Promise<void> {
    await this.server?.stop(true);
    this.server = null;
  }

  /** What it was told about a person, in the order it was told: "in: hello". */
  toldOf(person: number): string[] {
    const id = this.users.find(({ telegram_id }) => telegram_id === person)?.id;
    return this.interactions
      .filter(({ user_id }) => user_id === id)
      .map((one) => `${one.direction}: ${one.message_text}`);
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname: path, searchParams } = new URL(request.url);
    this.calls.push(`${request.method} ${path}`);
    const body: unknown = request.method === "POST" ? await request.json() : null;
    const held = await this.hurdle(request, path, body);
    if (held !== null) return held;
    if (request.headers.get("x-api-key") !== this.key) return Response.json({ error: "no key" }, { status: 401 });
    const [, known] = /^\/api\/users\/by-telegram\/(\d+)$/.exec(path) ?? [];
    if (known !== undefined) {
      const user = this.users.find(({ telegram_id }) => telegram_id === Number(known));
      return user === undefined ? Response.json({ error: "not found" }, { status: 404 }) : Response.json(user);
    }
    if (request.method === "POST" && path === "/api/users/register") return this.register(body);
    if (request.method === "POST" && path === "/api/interactions") return this.take(body);
    const [, listed] = /^\/api\/interactions\/(\d+)$/.exec(path) ?? [];
    if (listed === undefined) return Response.json({ error: "no such route" }, { status: 404 });
    const newest = this.interactions.filter(({ user_id }) => user_id === Number(listed)).toReversed();
    const rows = newest.slice(0, Number(searchParams.get("limit") ?? 5));
    return Response.json(this.terse ? rows.map((row) => ({ ...row, metadata: undefined })) : rows);
  }

  private register(body: unknown): Response {
    const given = Registration.safeParse(body);
    if (!given.success) return Response.json({ error: given.error.issues }, { status: 422 });
    const user = { id: 100 + this.users.length, ...given.data };
    this.users.push(user);
    return Response.json({ message: "registered", user }, { status: 201 });
  }

  /** Stores what is told. */
  take(body: unknown): Response {
    const given = Posted.safeParse(body);
    if (!given.success) return Response.json({ error: given.error.issues }, { status: 422 });
    const row = { id: 1_000 + this.interactions.length, ...given.data };
    this.interactions.push(row);
    return Response.json(row, { status: 201 });
  }
}
