/** The reference: complete, valid, and true about what the routes answer. */
import { describe, expect, test } from "bun:test";
import { adminRoutes } from "../../src/http/admin.ts";
import { docsPage } from "../../src/http/docs.ts";
import { openapi } from "../../src/http/openapi.ts";
import { publicRoutes, webhookRoutes } from "../../src/http/routes/public.ts";

const api = openapi();
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, path, operation })),
);
const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

describe("M9 /openapi.json", () => {
  test("describes every route, and none that is not there", () => {
    const routes = [...adminRoutes, ...publicRoutes, ...webhookRoutes].map(nameOf);
    expect(operations.map(({ route }) => route).sort()).toEqual(routes.toSorted());
    expect(new Set(routes).size).toBe(routes.length);
  });

  test("says that all but the public ones need the token", () => {
    const open = operations.filter(({ operation }) => operation.security !== undefined).map(({ route }) => route);
    expect(open.sort()).toEqual([...publicRoutes, ...webhookRoutes].map(nameOf).sort());
    expect(api.security).toEqual([{ adminToken: [] }]);
  });

  test("is what OpenAPI 3.1 asks for: ids that differ, parameters of the path, answers, references that lead somewhere", () => {
    expect(api.openapi).toBe("3.1.0");
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const { parameters = [], responses, tags, summary } = operation;
      const inPath = parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual([...(path.match(/\{\w+\}/g) ?? [])]);
      expect(inPath.every(({ required, description }) => required && description !== "")).toBe(true);
      expect(Object.keys(responses).length).toBeGreaterThan(0);
      expect(Object.keys(responses).every((status) => /^[2345]\d\d$/.test(status))).toBe(true);
      expect(api.tags.map(({ name }) => name)).toContain(tags[0] ?? "");
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
    }
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(references)).toEqual(new Set(["#/components/schemas/Error"]));
    expect(Object.keys(api.components.schemas)).toEqual(["Error"]);
    expect(JSON.stringify(api)).not.toContain("$schema");
  });

  test("says of each route that reads something what happens when it does not fit, and of no 503 that all is well", () => {
    const responses = (path: string, method: string) => api.paths[path]?.[method]?.responses ?? {};
    for (const list of ["/api/conversations", "/api/retries", "/api/broadcasts"])
      expect(Object.keys(responses(list, "get"))).toEqual(["200", "400", "401", "403"]);
    expect(Object.keys(responses("/api/accounts", "get"))).toEqual(["200", "401", "403"]);
    expect(responses("/api/ready", "get")["200"]?.description).toBe("all is well");
    expect(responses("/api/ready", "get")["503"]?.description).toBe("it cannot, and why");
  });

  test("lets answers grow, and names what a request must hold", () => {
    const send = api.paths["/api/integrations/{channel}/send"]?.["post"];
    expect(send?.requestBody).toMatchObject({ required: true });
    const body = send?.requestBody?.content["application/json"]?.schema;
    expect(body).toMatchObject({ type: "object", required: ["recipient_id", "text"] });
    expect(api.paths["/api/retries/flush"]?.["post"]?.requestBody?.required).toBe(false);
    const status = api.paths["/api/status"]?.["get"]?.responses["200"]?.content?.["application/json"]?.schema;
    expect(status).toMatchObject({ type: "object" });
    expect(JSON.stringify(status)).not.toContain("additionalProperties");
    const limit = api.paths["/api/retries"]?.["get"]?.parameters?.find(({ name }) => name === "limit");
    expect(limit).toMatchObject({ in: "query", required: false, schema: { type: "integer", maximum: 500 } });
  });
});

test("M9 /docs begins a body with values of the kinds that it takes", async () => {
  const page = await docsPage().text();
  const recipients = page.matchAll(/&quot;recipient_ids?&quot;: (?:\[\s*)?([^,\s]+)/g);
  expect([...recipients].map(([, value]) => value)).toEqual(["&quot;&quot;", "&quot;&quot;"]);
});
