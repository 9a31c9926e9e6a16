import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { ClaimsSchema, type Claims } from "./claims.ts";
import { type EntryBody, EntrySchema } from "./entries.ts";
import { explain, quoted } from "./explain.ts";
import { type Frame, frameSchemas } from "./frames.ts";
import { polledSchemas, type Live, type Segment } from "./polled.ts";
import { type Key, KeySchema, type RoomId, RoomIdSchema } from "./ids.ts";
import { type Hello, HelloSchema, type Request, requestSchemas } from "./requests.ts";
import { type RoomSettingsPatch, RoomSettingsPatchSchema } from "./room-settings.ts";
import { versionAccepted } from "./version.ts";

/**
 * The one place where bytes become meaning. A compiled parser needs `eval`, so this file is for servers and tools;
 * a browser trusts its server and checks types only.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** What the frame was about, as far as it could be read: a refusal that carries it can be matched. */
  readonly about: { room?: RoomId; key?: Key };

  constructor(sentence: string, about: ProtocolError["about"] = {}) {
    super(sentence);
    this.about = about;
  }
}

type Validator = { Check(value: unknown): boolean };
type Kinds = ReadonlyMap<string, { readonly schema: TSchema; readonly validator: Validator }>;
type Fields = Readonly<Record<string, unknown>>;

const requests = compileEach(requestSchemas);
const frames = compileEach(frameSchemas);
const polled = compileEach(polledSchemas);
const anyVersion: Validator = Compile(HelloSchema.properties.v);
const isRoom: Validator = Compile(RoomIdSchema);
const isKey: Validator = Compile(KeySchema);
const entry: Validator = Compile(EntrySchema);
const claims: Validator = Compile(ClaimsSchema);
const settingsPatch: Validator = Compile(RoomSettingsPatchSchema);

/** @throws ProtocolError saying what is wrong, in a sentence fit to be sent back. */
export function parseRequest(text: string): Request {
  const fields = parseObject(text);
  return foreignHello(fields) ?? (checked(requests, "request", fields) as Request);
}

/** @throws ProtocolError */
export function parseFrame(text: string): Frame {
  return checked(frames, "frame", parseObject(text)) as Frame;
}

/** @throws ProtocolError */
export function parsePolled(text: string): Live | Segment {
  return checked(polled, "answer", parseObject(text)) as Live | Segment;
}

export const isEntry = (value: unknown): value is EntryBody => entry.Check(value);
export const isClaims = (value: unknown): value is Claims => claims.Check(value);
export const isSettingsPatch = (value: unknown): value is RoomSettingsPatch => settingsPatch.Check(value);
/** A sentence for a value that the check above refuses. */
export const explainEntry = (value: unknown): string => explain(EntrySchema, value, "this entry");
export const explainClaims = (value: unknown): string => explain(ClaimsSchema, value, "this token");
export const explainSettingsPatch = (value: unknown): string =>
  explain(RoomSettingsPatchSchema, value, "this body");

function compileEach(schemas: Readonly<Record<string, TSchema>>): Kinds {
  return new Map(
    Object.entries(schemas).map(([kind, schema]) => [kind, { schema, validator: Compile(schema) }]),
  );
}

/** A hello of a version that is not spoken here is read for its version alone: nobody knows what else it may hold. */
function foreignHello({ t, v }: Fields): Hello | null {
  if (t !== "hello" || typeof v !== "number" || !anyVersion.Check(v) || versionAccepted(v)) return null;
  return { t, v };
}

function checked(kinds: Kinds, what: string, fields: Fields): unknown {
  const { t } = fields;
  if (typeof t !== "string") {
    throw new ProtocolError(`"t" must be a string: it names the kind of ${what}.`);
  }
  const kind = kinds.get(t);
  if (kind === undefined) {
    throw new ProtocolError(
      `There is no ${what} of kind ${quoted(t)}; there are: ${[...kinds.keys()].join(", ")}.`,
    );
  }
  if (!kind.validator.Check(fields))
    throw new ProtocolError(explain(kind.schema, fields, t), aboutOf(fields));
  return fields;
}

function aboutOf({ room, key }: Fields): ProtocolError["about"] {
  const about: ProtocolError["about"] = {};
  if (isRoom.Check(room)) about.room = room as RoomId;
  if (about.room !== undefined && isKey.Check(key)) about.key = key as Key;
  return about;
}

function parseObject(text: string): Fields {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("A frame must be a JSON object.");
  }
  return value as Fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError("The frame is not JSON.");
  }
}
