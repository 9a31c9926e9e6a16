import { type Time, time } from "@chorus/protocol/ids.ts";
import type { Person } from "./person.ts";
import { createPersonSigner } from "./signed-person.ts";

export const resumeTokenLifeMs = 600_000;

/** What a client resumes with: everything of the person is inside, so that coming back asks nobody. */
export type ResumeTokens = {
  /** Good for ten minutes, and never beyond the token that it stands for. */
  issue(person: Person, now: Time): string;
  verify(token: string, now: Time): Person | null;
};

export function createResumeTokens(secret: Uint8Array): ResumeTokens {
  const signer = createPersonSigner("r1", secret);
  return {
    issue: (person, now) => signer.sign(person, time(Math.min(person.expires, now + resumeTokenLifeMs))),
    verify: signer.open,
  };
}
