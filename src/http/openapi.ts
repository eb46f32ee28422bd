/** `/openapi.json`: the routes, in OpenAPI's words. Loaded when somebody asks for it. */
import { z } from "zod";
import { version } from "../../package.json" with { type: "json" };
import { adminRoutes } from "./admin.ts";
import type { Documented, Medium } from "./route.ts";
import { publicRoutes, webhookRoutes } from "./routes/public.ts";
import { ErrorBody } from "./shapes.ts";

/** JSON Schema as zod makes it. */
export type Schema = z.core.JSONSchema.BaseSchema;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly [media: string]: { readonly schema: Schema };
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly [];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, { readonly type: string; readonly scheme: string }>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const ERROR_CONTENT: Content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };

export function openapi(): OpenApi {
  const routes = [
    ...adminRoutes.map((route) => ({ route, isPublic: false })),
    ...[...publicRoutes, ...webhookRoutes].map((route) => ({ route, isPublic: true })),
  ];
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { route, isPublic } of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, isPublic);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "botctl",
      version,
      description:
        "The admin API of this server. Lists answer `{data, next}`: give `next` as `cursor` to get the next page. Errors are `{error: {code, message, fix}}`. Times are milliseconds since 1970. Unknown fields may be added to answers.",
    },
    servers: [{ url: "/" }],
    security: [{ adminToken: [] }],
    tags: [...new Set(routes.map(({ route }) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { adminToken: { type: "http", scheme: "bearer" } },
      schemas: { Error: answerSchema(ErrorBody) },
    },
  };
}

function operationOf(route: Documented, isPublic: boolean): Operation {
  const { method, path, tag, summary, description, query, body, answers, refuses = {} } = route;
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  const refusals: Record<string, string> = {
    ...(isPublic ? {} : { 401: "without the admin token", 403: "from another web page" }),
    ...((body !== null || query !== null) && !isPublic ? { 400: "the body or a parameter does not fit" } : {}),
    ...refuses,
  };
  const responses: Record<string, Operation["responses"][string]> = {};
  for (const [status, answer] of Object.entries(answers)) responses[status] = responseOf(answer);
  for (const [status, when] of Object.entries(refusals)) {
    responses[status] = { description: when, content: ERROR_CONTENT };
  }
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isPublic ? { security: [] as const } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === null ? {} : { requestBody: requestBodyOf(body) }),
    responses,
  };
}

/** "getApiConversationsId": the same for the same route in every version. */
function operationId(method: string, path: string): string {
  const words = path.split(/[^a-z]+/i).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function pathParameters({ path, params = {} }: Documented): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    return { name, in: "path", required: true, description: params[name] ?? "", schema: { type: "string" } };
  });
}

function queryParameters({ query }: Documented): Parameter[] {
  if (query === null) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: "output" });
  return Object.entries(query.shape).map(([name, field]) => {
    const property = properties[name];
    const { description, ...schema }: Schema = typeof property === "object" ? property : {};
    const required = !z.safeParse(field, undefined).success;
    return { name, in: "query", required, ...(description === undefined ? {} : { description }), schema };
  });
}

function requestBodyOf(body: z.ZodType): NonNullable<Operation["requestBody"]> {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { io: "input" });
  return { required: !body.safeParse({}).success, content: { "application/json": { schema } } };
}

function responseOf(answer: z.ZodType | Medium): Operation["responses"][string] {
  if ("media" in answer) {
    return { description: answer.means, content: { [answer.media]: { schema: { type: "string" } } } };
  }
  const { description = "all is well" } = answer;
  return { description, content: { "application/json": { schema: answerSchema(answer) } } };
}

/** Answers may grow, so whoever reads them must let unknown fields pass. */
function answerSchema(answer: z.ZodType): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(answer, {
    io: "output",
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  return schema;
}
