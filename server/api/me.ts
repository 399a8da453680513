import { z } from "zod";
import { ROLES } from "../../jobs/people.ts";
import { type ApiRoute, apiRoute } from "./route.ts";

/** Who asks. */
export const meRoute: ApiRoute = apiRoute({
  method: "get",
  path: "/api/me",
  role: "viewer",
  summary: "Whose token or session this is, and its role",
  answers: { says: "The person.", shape: z.strictObject({ name: z.string(), role: z.enum(ROLES) }) },
  answer: ({ person: { name, role } }) => ({ kind: "json", value: { name, role } }),
});
