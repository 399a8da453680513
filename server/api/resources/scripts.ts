import { z } from "zod";
import { scriptPlaces } from "../../../engines/run-script/places.ts";
import { uploadRole } from "../../../engines/run-script/portal/list-page.ts";
import { uploadScript } from "../../../engines/run-script/portal/upload.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";

/** Scripts of Spark: where they lie, and the way to bring one. */
export const scriptRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/scripts/folders", role: "viewer", summary: "The folders of scripts" },
    answers: {
      description: "The first is where an upload goes.",
      shape: z.strictObject({ folders: z.array(z.string()) }),
    },
    answer: ({ portal }) => ({
      kind: "json",
      value: { folders: scriptPlaces(portal.settings).map(({ name }) => name) },
    }),
  }),
  {
    ...apiRoute({
      ...{ method: "post", path: "/api/scripts", role: "administrator", summary: "Upload a script; replaces none" },
      body: jsonBody(
        z.strictObject({
          name: z.string().describe("Ends in .py."),
          text: z.string().describe("1 MiB at most."),
          folder: z.string().default("").describe("One of GET /api/scripts/folders; without it the first."),
        }),
      ),
      answers: {
        description: "The path, as a run-script job names it.",
        status: 201,
        shape: z.strictObject({ path: z.string() }),
      },
      async answer(request, { body: { name, text, folder } }) {
        const { path } = await uploadScript(request, folder, name, text);
        return { kind: "json", status: 201, value: { path } };
      },
    }),
    roleFor: uploadRole,
  },
];
