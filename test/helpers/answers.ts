/** What the admin API answers in a test must be what its reference says (M9). */
import { adminRoutes } from "../../src/http/admin.ts";
import { openapi } from "../../src/http/openapi.ts";
import { publicRoutes } from "../../src/http/routes/public.ts";
import { ErrorBody } from "../../src/http/shapes.ts";

const { paths } = openapi();
const routes = [...adminRoutes, ...publicRoutes].map((route) => {
  const pattern = route.path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
  return { route, pattern: new RegExp(`^${pattern}$`) };
});

/** The answer as it is. @throws when it is not what the reference says */
export async function asDescribed(method: string, path: string, answer: Response): Promise<Response> {
  const { pathname } = new URL(path, "http://localhost");
  // A path without braces is meant before one that would fit as well.
  const fitting = routes.filter(({ route, pattern }) => route.method === method && pattern.test(pathname));
  const found = fitting.find(({ route }) => route.path === pathname) ?? fitting[0];
  if (found === undefined) return answer;
  const statuses = Object.keys(paths[found.route.path]?.[method.toLowerCase()]?.responses ?? {});
  // Above these anything may break anywhere.
  if (answer.status < 500 && !statuses.includes(`${answer.status}`))
    throw new Error(`${method} ${path} answers ${answer.status}, of which its reference does not tell`);
  const described = found.route.answers[answer.status];
  if (described !== undefined && "media" in described) return answer;
  const told = (described ?? ErrorBody).safeParse(await answer.clone().json());
  if (told.success) return answer;
  throw new Error(
    `${method} ${path} answers ${answer.status} otherwise than its reference says: ${told.error.message}`,
  );
}
