import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { auditContext, HttpError, type RequestContext, type RouteResult } from "../../portal/page.ts";
import { refusedForm } from "../../refused-form.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { MOST_BYTES, putScript } from "../folder.ts";
import { isScriptName, type ScriptPlace, scriptPlaces } from "../places.ts";
import { scriptsPageRoute } from "./list-page.ts";

/** Puts a script that a form has sent into a folder of scripts. Replaces nothing. */
export async function upload(request: RequestContext): Promise<RouteResult> {
  const form = await formOf(request);
  try {
    return await put(request, form);
  } catch (error) {
    const typed = new URLSearchParams({ place: String(form.get("place") ?? "") });
    const { state, status } = refusedForm(error, typed, {});
    return await scriptsPageRoute(request, { upload: state }, status);
  }
}

async function put(request: RequestContext, form: FormData): Promise<RouteResult> {
  const file = form.get("file");
  if (!(file instanceof File) || !file.name)
    throw new HttpError(422, "No file was sent.", "Go back and choose a script, a file that ends in .py.");
  const { place } = await uploadScript(request, String(form.get("place") ?? ""), file.name, await file.text());
  return { kind: "redirect", to: "/scripts", notice: `${file.name} is in ${place.name}.` };
}

/** Puts a script into a folder of scripts, the first one where none is named, and records the audit event. Replaces nothing. */
export async function uploadScript(
  request: RequestContext,
  folder: string,
  name: string,
  text: string,
): Promise<{ place: ScriptPlace; path: string }> {
  const { portal } = request;
  const content = checked(name, text);
  const place = placeOf(request, folder);
  let path: string;
  try {
    path = await putScript(portal.settings, place, name, content);
  } catch (error) {
    const { message, hint } = jobErrorOf(error);
    throw new HttpError(409, message, hint);
  }
  recordAuditEvent(auditContext(request), {
    what: "upload",
    about: path,
  });
  return { place, path };
}

async function formOf({ body, header }: RequestContext): Promise<FormData> {
  const type = header("content-type") ?? "";
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new HttpError(400, "This is not a form with a file.", "Send multipart/form-data with a field named file.");
  }
}

// A file arrives as text: what was none has the mark of letters that could not be read.
function checked(name: string, text: string): Buffer {
  if (!isScriptName(name))
    throw new HttpError(
      422,
      `${JSON.stringify(name)} is no name for a script.`,
      "It has to end in .py, must not begin with a dot, and holds no slash.",
    );
  const content = Buffer.from(text);
  if (text.includes("\uFFFD"))
    throw new HttpError(422, `${name} is not UTF-8 text.`, "Save it as UTF-8, then send it again.");
  if (content.length === 0) throw new HttpError(422, `${name} is empty.`, "Choose another file.");
  if (content.length > MOST_BYTES)
    throw new HttpError(413, `${name} is larger than 1 MiB.`, "Split it, or put it there by hand.");
  return content;
}

function placeOf({ portal }: RequestContext, name: string): ScriptPlace {
  const places = scriptPlaces(portal.settings);
  const place = name ? places.find(one => one.name === name) : places[0];
  if (place) return place;
  throw new HttpError(422, `${name || "Nothing"} is no folder of scripts.`, "SCRIPTS_DIR names them.");
}
