import type { RoomClaim } from "@chorus/protocol/claims.ts";
import { type RoomId, roomId, RoomIdSchema } from "@chorus/protocol/ids.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import { connect } from "@chorus/sdk/client.ts";
import { Compile } from "typebox/compile";
import type { FlagTable } from "./arguments.ts";
import { claimsFor, signToken } from "./mint-token.ts";
import { developmentSigningKey, signingKeyInFile } from "./signing-key.ts";
import { socketTransport } from "./socket-transport.ts";

/** The room of a running server, and the key to be anybody there. */
export type Target = { url: string; room: RoomId; secret: Uint8Array };
export type Identity = { sub: string; name: string; grants: RoomClaim["grants"] };

export const targetFlags = {
  room: { kind: "value", hint: "R", about: "The room. `start --dev` has one called demo." },
  url: { kind: "value", hint: "URL", about: "Where Chorus is.", otherwise: "http://127.0.0.1:8080" },
  "signing-key-file": {
    kind: "value",
    hint: "F",
    about: "The file with the server's signing key. Not needed for a server that was started with --dev.",
  },
  dev: { kind: "switch", about: "Use the published development key. This is the default." },
} as const satisfies FlagTable;

const isRoomId = Compile(RoomIdSchema);
const answerWithinMs = 5_000;
const joinWithinMs = 15_000;
const tokenSeconds = 600;

/** The part of a command's arguments that says where it goes. */
type TargetArguments = {
  problem(sentence: string): void;
  text(flag: "signing-key-file"): string | null;
  required(flag: "room" | "url"): string;
  switch(flag: "dev"): boolean;
};

export function readTarget(given: TargetArguments): Target {
  const room = given.required("room");
  if (room !== "" && !isRoomId.Check(room)) {
    given.problem(
      `--room must be lower-case letters, digits, . _ or -, 64 at most, not ${JSON.stringify(room)}.`,
    );
  }
  const url = given.required("url");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    given.problem(`--url must be an http or https URL, not ${JSON.stringify(url)}.`);
  }
  const file = given.text("signing-key-file");
  if (file !== null && given.switch("dev")) {
    given.problem("--dev and --signing-key-file are two different keys: give one of them.");
  }
  const key = file === null ? developmentSigningKey : signingKeyInFile(file);
  if ("problem" in key) given.problem(key.problem);
  return { url, room: roomId(room), secret: "secret" in key ? key.secret : new Uint8Array() };
}

/** A token for this identity and room, good for ten minutes or as said; the SDK asks again when it needs a new one. */
export async function tokenFor(
  { room, secret }: Target,
  { sub, name, grants }: Identity,
  lifeSeconds = tokenSeconds,
): Promise<string> {
  const bearer = { sub, name, rooms: [room], role: "viewer", grants: grants ?? null, kind: null } as const;
  const claims = claimsFor(bearer, Math.floor(Date.now() / 1_000), lifeSeconds);
  const token = "problem" in claims ? claims : await signToken(claims, secret);
  if (typeof token !== "string") throw new Error(token.problem);
  return token;
}

/** Null when somebody can join there; otherwise the sentence that says what is in the way. */
export async function obstacle(target: Target, grants: readonly Grant[]): Promise<string | null> {
  return (await absence(target.url)) ?? (await exclusion(target, grants));
}

async function absence(url: string): Promise<string | null> {
  const health = new URL("healthz", url.endsWith("/") ? url : `${url}/`);
  try {
    const answer = await fetch(health, { signal: AbortSignal.timeout(answerWithinMs), redirect: "error" });
    await answer.body?.cancel();
    return answer.ok ? null : `What answers at ${url} is not Chorus (status ${answer.status} for /healthz).`;
  } catch {
    return `No Chorus answers at ${url}: start one (\`chorus start --dev\`), or say with --url where it is.`;
  }
}

async function exclusion(target: Target, grants: readonly Grant[]): Promise<string | null> {
  const { url, room } = target;
  const chorus = connect({
    url,
    storage: null,
    transport: socketTransport,
    token: () => tokenFor(target, { sub: "chorus-probe", name: "Probe", grants: [...grants] }),
    messagesMax: 1,
    kind: "bot",
  });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => {
    resolve(
      `The room ${room} at ${url} did not open within ${joinWithinMs / 1_000} s; is that the public port?`,
    );
  }, joinWithinMs);
  const handle = chorus.join(room);
  chorus.on("state", ({ state, code }) => {
    if (state === "refused") resolve(`${url} refuses the connection (code ${code}): ${keyAdvice}`);
  });
  handle.on("state", ({ state, reason }) => {
    if (state === "live" || state === "paused") resolve(null);
    if (state === "refused" && reason !== "connection-refused") resolve(closed(room, reason ?? ""));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    chorus.close();
  }
}

const keyAdvice = "give its signing key with --signing-key-file, or start it with --dev.";

function closed(room: RoomId, reason: string): string {
  if (reason === "no-such-room") return `There is no room ${room} there.`;
  return `The room ${room} cannot be joined: ${reason}.`;
}
