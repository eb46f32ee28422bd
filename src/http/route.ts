/**
 * Routes as data: one description makes the route, checks what comes in, types what goes out, and is what
 * `/openapi.json` and `/docs` are made from. So neither can say anything that the server does not do.
 */
import type { Elysia } from "elysia";
import { z } from "zod";
import { read } from "./asked.ts";
import type { RestOptions } from "./rest.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** By status: what a route answers when all is well. */
type Answers = Readonly<Record<number, z.ZodType>>;

/** An answer that is not JSON: its media type, and what it holds. */
export interface Medium {
  readonly media: string;
  readonly means: string;
}

/** What a handler is given: checked, where the route says how it must look. */
export interface Call<Query, Body> {
  /** The parts of the path in braces, as text. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  /** Lifts the time limit of a request that never ends. */
  readonly unlimited: () => void;
}

type AnswerOf<A extends Answers> = {
  [Status in keyof A]: { readonly status: Status; readonly body: z.input<A[Status]> };
}[keyof A];

interface Described {
  readonly method: Method;
  /** As OpenAPI writes it: "/api/conversations/{id}". */
  readonly path: string;
  /** Whom the reference lists it with. */
  readonly tag: string;
  /** One line, in the imperative. */
  readonly summary: string;
  /** What else a caller must know; Markdown of a paragraph. */
  readonly description?: string;
  /** The parts of the path in braces: what each of them is. */
  readonly params?: Readonly<Record<string, string>>;
  /** Refusals beside those that every route has, by status: when. */
  readonly refuses?: Readonly<Record<number, string>>;
}

/** Everything the reference says about a route. */
export interface Documented extends Described {
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  readonly answers: Readonly<Record<number, z.ZodType | Medium>>;
}

export interface Route extends Documented {
  readonly handle: (parts: RestOptions, call: Call<unknown, unknown>) => Promise<Response>;
}

/** A route that answers JSON. Query and body are read by their schemas; what does not fit is 400, with every complaint. */
export function route<Query extends z.ZodObject, Body extends z.ZodType, A extends Answers>(
  spec: Described & {
    readonly query?: Query;
    readonly body?: Body;
    readonly answers: A;
    /** Refuses a path that names nothing, before what came with it is read. */
    readonly finds?: (params: Call<unknown, unknown>["params"]) => void;
    readonly handle: (
      parts: RestOptions,
      call: Call<z.infer<Query>, z.infer<Body>>,
    ) => Promise<AnswerOf<A>> | AnswerOf<A>;
  },
): Route {
  const { query, body } = spec;
  return {
    ...spec,
    query: query ?? null,
    body: body ?? null,
    async handle(parts, call) {
      spec.finds?.(call.params);
      const checked = { query: read(query ?? Nothing, call.query), body: read(body ?? Nothing, call.body ?? {}) };
      // A schema that is not there leaves its type open, and nobody uses what it would have checked.
      const answer = await spec.handle(parts, { ...call, ...checked } as Call<z.infer<Query>, z.infer<Body>>);
      return Response.json(answer.body, { status: Number(answer.status) });
    },
  };
}

/** A route that answers something else than JSON. */
export function mediaRoute(
  spec: Described & {
    readonly answers: Readonly<Record<number, Medium>>;
    readonly handle: (parts: RestOptions, call: Call<unknown, unknown>) => Promise<Response> | Response;
  },
): Route {
  return { ...spec, query: null, body: null, handle: async (parts, call) => spec.handle(parts, call) };
}

const Nothing = z.unknown();

export function ok<Body>(body: Body): { readonly status: 200; readonly body: Body } {
  return { status: 200, body };
}

export function created<Body>(body: Body): { readonly status: 201; readonly body: Body } {
  return { status: 201, body };
}

/** Taken, and not done yet. */
export function accepted<Body>(body: Body): { readonly status: 202; readonly body: Body } {
  return { status: 202, body };
}

/** Adds the routes to an app, in whose hooks they stand. */
export function attach(app: Elysia, routes: readonly Route[], parts: RestOptions): Elysia {
  for (const { method, path, handle } of routes) {
    app.route(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), ({ params, query, body, request, server }) =>
      handle(parts, { params, query, body, request, unlimited: () => server?.timeout(request, 0) }),
    );
  }
  return app;
}
