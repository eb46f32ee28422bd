/**
 * `/docs`: the reference as one page, made from `/openapi.json` on this server. It needs nothing from anywhere else, and
 * its Content-Security-Policy lets it fetch nothing but this server's own routes.
 */
import { createHash } from "node:crypto";
import html from "./docs.html" with { type: "text" };
import { openapi, type OpenApi, type Operation, type Schema } from "./openapi.ts";

// Bun's types take every import of a page for one that its own server shows.
const text: unknown = html;
const template = typeof text === "string" ? text : "";

export function docsPage(): Response {
  const api = openapi();
  const page = template
    .replace("<!-- head -->", () => headOf(api))
    .replace("<!-- operations -->", () => operationsOf(api));
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Only the page's own style and script, known by their hashes, and only calls to this server. */
const policy = [
  "default-src 'none'",
  `style-src '${hashOf("style")}'`,
  `script-src '${hashOf("script")}'`,
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hashOf(element: "style" | "script"): string {
  const [, inside = ""] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(template) ?? [];
  return `sha256-${createHash("sha256").update(inside).digest("base64")}`;
}

function headOf({ info, tags }: OpenApi): string {
  const links = tags.map(({ name }) => `<a href="#${anchor(name)}">${escape(name)}</a>`).join("\n");
  return `<h1>botctl ${escape(info.version)}</h1>
<p>${prose(info.description)} The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
<nav>${links}</nav>
<div class="token"><label>Admin token, from the file <code>admin-token</code> in the data folder; kept in this page only
<input id="token" type="password" autocomplete="off" spellcheck="false"></label></div>`;
}

function operationsOf({ tags, paths }: OpenApi): string {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return tags
    .map(({ name }) => {
      const own = all.filter(({ operation }) => operation.tags.includes(name));
      return `<section>\n<h2 id="${anchor(name)}">${escape(name)}</h2>\n${own.map(operationOf).join("\n")}\n</section>`;
    })
    .join("\n");
}

function operationOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { operationId, summary, description, parameters = [], requestBody, responses, security } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const shown = parameters.map(({ name, description: means = "", required, schema }) => {
    return rowOf(name, schema, required, means, 0);
  });
  const answers = Object.entries(responses).map(([status, { description: means, content = {} }]) => {
    const [media = ""] = Object.keys(content);
    return `<tr><td>${status}</td><td>${prose(means)}</td><td>${escape(media)}</td></tr>`;
  });
  const [answer] = Object.values(responses);
  const fields = fieldsOf(answer?.content?.["application/json"]?.schema ?? {});
  return `<details class="operation" id="${operationId}">
<summary><span class="method ${method}">${method}</span><span class="path">${escape(path)}</span><span class="what">${prose(summary)}</span></summary>
<div>
${description === undefined ? "" : `<p>${prose(description)}</p>`}
${security === undefined ? "<p>Needs the admin token.</p>" : ""}
${table("Parameters", shown)}
${body === undefined ? "" : table("Body", fieldsOf(body))}
${table("Answer", fields)}
${table("Statuses", answers)}
${formOf(path, method, operation, body)}
</div>
</details>`;
}

function formOf(path: string, method: string, { parameters = [] }: Operation, body: Schema | undefined): string {
  const inputs = parameters.map(
    ({ name, in: place }) => `<label>${escape(name)} <input name="${escape(name)}" data-in="${place}"></label>`,
  );
  const example = body === undefined ? "" : JSON.stringify(exampleOf(body), null, 2);
  return `<h3>Try it</h3>
<form data-method="${method}" data-path="${escape(path)}">
${inputs.join("\n")}
${body === undefined ? "" : `<label>Body <textarea spellcheck="false">${escape(example)}</textarea></label>`}
<button>Send</button>
<pre></pre>
</form>`;
}

function table(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? "" : `<h3>${title}</h3>\n<div class="scroll"><table>${rows.join("")}</table></div>`;
}

/** The fields of an object, those of its parts indented below them. */
function fieldsOf(schema: Schema, depth = 0): string[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, field]) => {
    const own = isSchema(field) ? field : {};
    const row = rowOf(name, own, required.includes(name), own.description ?? "", depth);
    return [row, ...fieldsOf(inner(own), depth + 1)];
  });
}

/** What a list holds, or what an optional value is when it is there. */
function inner(schema: Schema): Schema {
  if (isSchema(schema.items)) return inner(schema.items);
  const there = schema.anyOf?.find((one) => isSchema(one) && one.type !== "null");
  return isSchema(there) ? inner(there) : schema;
}

function rowOf(name: string, schema: Schema, isRequired: boolean, means: string, depth: number): string {
  const indent = "  ".repeat(depth);
  const type = escape(typeOf(schema)) + (isRequired ? "" : ", optional");
  return `<tr><td>${indent}${escape(name)}</td><td>${type}</td><td>${prose(means)}</td></tr>`;
}

/** "string", "list of integer", "messenger | telegram | null". */
function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((one) => (isSchema(one) ? typeOf(one) : "anything")).join(" | ");
  if (schema.type === "array") return `list of ${isSchema(schema.items) ? typeOf(schema.items) : "anything"}`;
  // Where a value may be missing zod writes two types.
  return [schema.type ?? "anything"].flat().join(" | ");
}

/** Something to begin with: the fields that must be there. */
function exampleOf(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  const [one] = schema.anyOf ?? [];
  if (isSchema(one)) return exampleOf(one);
  if (schema.type === "object") {
    const { properties = {}, required = [] } = schema;
    const named = Object.entries(properties).filter(([name]) => required.includes(name));
    return Object.fromEntries(named.map(([name, field]) => [name, isSchema(field) ? exampleOf(field) : null]));
  }
  if (schema.type === "array") return isSchema(schema.items) ? [exampleOf(schema.items)] : [];
  return schema.type === "string" ? "" : 0;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(/\W+/g, "-");
}

/** Text with `code` in it. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escape(text: string): string {
  return Bun.escapeHTML(text);
}
