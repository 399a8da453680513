import { recordDeed } from "../../audit/deeds.ts";
import { type Answer, Refusal, type Visit } from "../page.ts";
import { sentence } from "../sentence.ts";
import { MOST_BYTES, putScript } from "./folder.ts";
import { isScriptName, type Place, scriptPlaces } from "./places.ts";

/** Puts a script that a form has sent into a folder of scripts. Replaces nothing. */
export async function upload(visit: Visit): Promise<Answer> {
  const { portal, person, address } = visit;
  const form = await formOf(visit);
  const file = form.get("file");
  if (!(file instanceof File) || !file.name)
    throw new Refusal(422, "No file was sent.", "Go back and choose a script, a file that ends in .py.");
  const content = checked(file.name, await file.text());
  const place = placeOf(visit, String(form.get("place") ?? ""));
  let path: string;
  try {
    path = await putScript(portal.settings, place, file.name, content);
  } catch (error) {
    const { message, hint } = sentence(error);
    throw new Refusal(409, message, hint);
  }
  const at = new Date().toISOString();
  recordDeed(portal.layout, { at, by: person.name, role: person.role, from: address, what: "upload", about: path });
  return { kind: "redirect", to: "/scripts", notice: `${file.name} is in ${place.name}.` };
}

async function formOf({ body, header }: Visit): Promise<FormData> {
  const type = header("content-type") ?? "";
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new Refusal(400, "This is not a form with a file.", "Send multipart/form-data with a field named file.");
  }
}

// A file arrives as text: what was none has the mark of letters that could not be read.
function checked(name: string, text: string): Buffer {
  if (!isScriptName(name))
    throw new Refusal(
      422,
      `${JSON.stringify(name)} is no name for a script.`,
      "It has to end in .py, must not begin with a dot, and holds no slash.",
    );
  const content = Buffer.from(text);
  if (text.includes("\uFFFD"))
    throw new Refusal(422, `${name} is not UTF-8 text.`, "Save it as UTF-8, then send it again.");
  if (content.length === 0) throw new Refusal(422, `${name} is empty.`, "Choose another file.");
  if (content.length > MOST_BYTES)
    throw new Refusal(413, `${name} is larger than 1 MiB.`, "Split it, or put it there by hand.");
  return content;
}

function placeOf({ portal }: Visit, name: string): Place {
  const places = scriptPlaces(portal.settings);
  const place = name ? places.find(one => one.name === name) : places[0];
  if (place) return place;
  throw new Refusal(422, `${name || "Nothing"} is no folder of scripts.`, "SCRIPTS_DIR names them.");
}
