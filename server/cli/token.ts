import type { Claims } from "@chorus/protocol/claims.ts";
import { clientKinds, grants, roles } from "@chorus/protocol/people.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { claimsFor, signToken } from "./mint-token.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { developmentSigningKey, type SigningKey, signingKeyFrom, signingKeyInFile } from "./signing-key.ts";

const secondsMax = 366 * 86_400;

const flags = {
  sub: { kind: "value", hint: "ID", about: "Who it is: an id that stays the same over sessions." },
  room: { kind: "list", hint: "R", about: "A room, or '*' for every room that is not named." },
  role: { kind: "value", hint: "ROLE", about: `One of ${roles.join(", ")}.`, otherwise: "viewer" },
  grants: { kind: "value", hint: "A,B", about: `In place of the role's own: ${grants.join(", ")}.` },
  name: { kind: "value", hint: "N", about: "The name to show." },
  kind: { kind: "value", hint: "KIND", about: `One of ${clientKinds.join(", ")}.` },
  seconds: { kind: "value", hint: "S", about: "How long it is good for.", otherwise: "600" },
  "signing-key-file": { kind: "value", hint: "F", about: "The file with the server's signing key." },
  dev: { kind: "switch", about: "Sign with the published key that only `start --dev` believes." },
  ...commonFlags,
} as const;

const usage: Usage<typeof flags> = {
  name: "token",
  about: [
    "Mints a JSON Web Token (HS256) that the server with this signing key believes. The token alone is printed, so that $(chorus token …) can be used.",
    "The key is that of --signing-key-file, else of --dev, else of the environment variable CHORUS_SIGNING_KEY.",
  ],
  operand: null,
  flags,
  examples: [
    "chorus token --dev --sub ada --name Ada --room demo --role moderator",
    "CHORUS_SIGNING_KEY=… chorus token --sub wall --room '*' --grants read --kind overlay --seconds 3600",
  ],
};

type Order = { claims: Claims; secret: Uint8Array };

export function token(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, mint);
}

function read(given: Arguments<typeof flags>): Order | null {
  const rooms = given.list("room");
  if (rooms.length === 0) given.problem("--room is missing: name a room, or '*' for all.");
  const bearer = {
    sub: given.required("sub"),
    rooms,
    role: given.oneOf("role", roles) ?? "viewer",
    grants: readGrants(given),
    name: given.text("name"),
    kind: given.oneOf("kind", clientKinds),
  };
  const seconds = given.integer("seconds", 1, secondsMax);
  const key = readKey(given);
  if ("problem" in key) given.problem(key.problem);
  if (given.problems.length > 0 || "problem" in key) return null;
  const claims = claimsFor(bearer, Math.floor(Date.now() / 1_000), seconds);
  if (!("problem" in claims)) return { claims, secret: key.secret };
  given.problem(claims.problem);
  return null;
}

function readGrants(given: Arguments<typeof flags>) {
  const named =
    given
      .text("grants")
      ?.split(",")
      .map((word) => word.trim()) ?? null;
  for (const word of named ?? []) {
    if (grants.some((grant) => grant === word)) continue;
    given.problem(`--grants must be of ${grants.join(", ")}, not ${JSON.stringify(word)}.`);
  }
  return named === null ? null : grants.filter((grant) => named.includes(grant));
}

function readKey(given: Arguments<typeof flags>): SigningKey {
  const file = given.text("signing-key-file");
  if (file !== null && given.switch("dev")) {
    return { problem: "--dev and --signing-key-file are two different keys: give one of them." };
  }
  if (file !== null) return signingKeyInFile(file);
  if (given.switch("dev")) return developmentSigningKey;
  const inEnv = process.env["CHORUS_SIGNING_KEY"] ?? "";
  if (inEnv !== "") return signingKeyFrom(inEnv, "CHORUS_SIGNING_KEY");
  return {
    problem: "There is no key to sign with: give --signing-key-file, set CHORUS_SIGNING_KEY, or use --dev.",
  };
}

async function mint({ claims, secret }: Order): Promise<Outcome> {
  const signed = await signToken(claims, secret);
  if (typeof signed !== "string") return { failure: signed.problem };
  const expires = new Date(claims.exp * 1_000).toISOString();
  console.error(
    `For ${claims.sub} in ${Object.keys(claims.chorus.rooms).join(", ")}, good until ${expires}.`,
  );
  return { status: 0, result: { token: signed, claims, expires }, summary: [signed] };
}
