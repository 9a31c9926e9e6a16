import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { ClaimsSchema, type Claims } from "./claims.ts";
import { type EntryBody, EntrySchema } from "./entries.ts";
import { type Frame, frameSchemas } from "./frames.ts";
import { type Request, requestSchemas } from "./requests.ts";
import { type RoomSettingsPatch, RoomSettingsPatchSchema } from "./room-settings.ts";

/**
 * The one place where bytes become meaning. A compiled parser needs `eval`, so this file is for servers and tools;
 * a browser trusts its server and checks types only.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

type Validator = { Check(value: unknown): boolean; Errors(value: unknown): Iterable<unknown> };

const requests = compileEach(requestSchemas);
const frames = compileEach(frameSchemas);
const entry: Validator = Compile(EntrySchema);
const claims: Validator = Compile(ClaimsSchema);
const settingsPatch: Validator = Compile(RoomSettingsPatchSchema);

/** @throws ProtocolError saying what is wrong, in a sentence fit to be sent back. */
export function parseRequest(text: string): Request {
  return parseTagged(requests, text) as Request;
}

/** @throws ProtocolError */
export function parseFrame(text: string): Frame {
  return parseTagged(frames, text) as Frame;
}

export const isEntry = (value: unknown): value is EntryBody => entry.Check(value);
export const isClaims = (value: unknown): value is Claims => claims.Check(value);
export const isSettingsPatch = (value: unknown): value is RoomSettingsPatch => settingsPatch.Check(value);
/** A sentence for a value that the check above refuses. */
export const explainClaims = (value: unknown): string => explain(claims, value, "token");
export const explainSettingsPatch = (value: unknown): string => explain(settingsPatch, value, "body");

function compileEach(schemas: Readonly<Record<string, TSchema>>): ReadonlyMap<string, Validator> {
  return new Map(Object.entries(schemas).map(([kind, schema]) => [kind, Compile(schema)]));
}

function parseTagged(validators: ReadonlyMap<string, Validator>, text: string): unknown {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("A frame is a JSON object.");
  }
  const kind = (value as { t?: unknown }).t;
  const validator = typeof kind === "string" ? validators.get(kind) : undefined;
  if (validator === undefined) throw new ProtocolError(`There is no frame of kind ${shown(kind)}.`);
  if (!validator.Check(value)) throw new ProtocolError(explain(validator, value, "frame"));
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError("The frame is not JSON.");
  }
}

/** Of all errors the one deepest in the value: the outer ones only repeat that something inside is wrong. */
function explain(validator: Validator, value: unknown, whole: string): string {
  let path = "";
  let message = "is not of the documented shape";
  for (const error of validator.Errors(value) as Iterable<{ instancePath: string; message: string; keyword: string }>) {
    if (error.keyword === "anyOf" || (message !== "is not of the documented shape" && error.instancePath.length <= path.length)) continue;
    path = error.instancePath;
    message = error.keyword === "boolean" ? `is not a field of this ${whole}` : error.message;
  }
  return path === "" ? `The ${whole} ${message}.` : `${shown(path.slice(1).replaceAll("/", "."))} ${message}.`;
}

function shown(value: unknown): string {
  return value === undefined ? "undefined" : JSON.stringify(value).slice(0, 64);
}
