import { PersonIdSchema } from "@chorus/protocol/ids.ts";
import { Compile } from "typebox/compile";
import { RevokedSchema } from "../api/people-routes.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { askPrivately, failureIn, privatePortFlag, readPrivatePort } from "./private-port.ts";
import { type Ended, runCommand } from "./run-command.ts";

const flags = { ...privatePortFlag, ...commonFlags } as const;

const usage: Usage<typeof flags> = {
  name: "revoke",
  about: [
    "Calls back every token that was issued to somebody until now, with all that follows from one: resume tokens and tickets. What they have open ends at once, and they come in again only with a token that is issued later. It asks the Chorus that runs on this machine, through its private port, and needs no token. What it says is durable.",
    "It keeps nobody out for whom your backend signs another token: bans do, in a room.",
  ],
  operand: { name: "PERSON", about: "The id of the person, as their tokens have it in `sub`." },
  flags,
  examples: ["chorus revoke u-17"],
};

type Options = { port: number; person: string };

const isPerson = Compile(PersonIdSchema);
const isRevoked = Compile(RevokedSchema);

export function revoke(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, revokePerson);
}

function read(given: Arguments<typeof flags>): Options {
  const person = given.operand();
  if (person !== "" && !isPerson.Check(person)) {
    given.problem(
      `PERSON must be 1 to 128 visible ASCII characters without blanks, not ${JSON.stringify(person).slice(0, 80)}.`,
    );
  }
  return { person, port: readPrivatePort(given) };
}

export async function revokePerson({ port, person }: Options): Promise<Ended> {
  const answer = await askPrivately("POST", port, `/v1/people/${encodeURIComponent(person)}/revoke`);
  if ("failure" in answer) return answer;
  const { body } = answer;
  if (!isRevoked.Check(body)) return { failure: failureIn(answer, `No token of ${person} was called back`) };
  const until = new Date(body.revokedBefore).toISOString();
  return {
    status: 0,
    result: { ...body },
    summary: [`What was issued to ${person} before ${until} is void.`],
  };
}
