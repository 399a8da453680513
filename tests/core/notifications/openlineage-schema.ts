import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import type { RunEvent } from "../../../core/notifications/openlineage.ts";
import { PROJECT } from "../../../core/settings.ts";

const FOLDER = join(PROJECT, "tests", "fixtures", "openlineage");
const FORMATS = { "date-time": z.iso.datetime({ offset: true }), uri: z.url(), uuid: z.guid() };

const ajv = new Ajv2020({ allErrors: true });
for (const [name, shape] of Object.entries(FORMATS)) ajv.addFormat(name, text => shape.safeParse(text).success);
ajv.addKeyword("example");
const names = readdirSync(FOLDER).filter(name => name.endsWith(".json"));
ajv.addSchema(names.map(name => JSON.parse(readFileSync(join(FOLDER, name), "utf8"))));

/** What OpenLineage's own schemas refuse in an event and in its facets; a facet of ours is held against the base facet alone. */
export function refusedBySchema(event: RunEvent): string[] {
  return [
    ...refused(event.schemaURL, event),
    // Any kind of event may be sent to the same address.
    ...refused("https://openlineage.io/spec/2-0-2/OpenLineage.json", event),
    ...facetsOf(event).flatMap(([name, facet]) => {
      const url = String(facet._schemaURL);
      if (url.startsWith("urn:data-operations-portal:")) return [];
      // The whole file says under which name the facet stands, which its definition does not.
      const file = url.replace(/#.*/, "");
      const { properties = {} } = (ajv.getSchema(file)?.schema ?? {}) as { properties?: Record<string, unknown> };
      return properties[name]
        ? [...refused(url, facet), ...refused(file, { [name]: facet })]
        : [`${file} has no ${name}`];
    }),
  ];
}

function refused(schema: string, value: unknown): string[] {
  const validate = ajv.getSchema(schema);
  if (!validate) return [`${schema} is no schema of OpenLineage that the tests have`];
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function facetsOf({ run, job, inputs, outputs }: RunEvent): [string, Record<string, unknown>][] {
  const datasets = [...inputs, ...outputs].flatMap(({ facets, outputFacets = {} }) => [facets, outputFacets]);
  return [run.facets, job.facets, ...datasets].flatMap(facets => Object.entries(facets));
}
