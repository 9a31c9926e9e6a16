import type { PersonId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { Person } from "./person.ts";
import type { TokenRefusal, TokenVerifier } from "./verify-token.ts";

/** Whose tokens were called back, as one process knows it. */
export type Revocations = {
  /**
   * Whether what says who this is was issued before their tokens were called back. A token without a time of issue counts as
   * issued at the beginning of time.
   */
  isRevoked(person: Pick<Person, "id" | "issued">): boolean;
  /**
   * Nobody can be judged before this process was told of all: whoever waits is called then, with true; with false where that takes
   * longer than `limits.revocationsWithinMs`, or too many wait.
   */
  whenTold(done: (told: boolean) => void): void;
};

export type RevocationStore = Revocations & {
  /** One more, or one that was known. */
  note(person: PersonId, before: Time): void;
  /** What was noted until now is all that there is. */
  told(): void;
};

export function createRevocations(clock: Pick<Clock, "after">): RevocationStore {
  const befores = new Map<PersonId, Time>();
  const waiting = new Set<(told: boolean) => void>();
  let isTold = false;

  /** The latest stand last, so that the log and this process drop the same. */
  function note(person: PersonId, before: Time): void {
    if ((befores.get(person) ?? 0) >= before) return;
    befores.delete(person);
    befores.set(person, before);
    const [oldest] = befores.keys();
    if (befores.size > limits.revocationsMax && oldest !== undefined) befores.delete(oldest);
  }

  function whenTold(done: (told: boolean) => void): void {
    if (isTold) return done(true);
    if (waiting.size >= limits.revocationsWaitingMax) return done(false);
    const end = (told: boolean): void => {
      cancel();
      waiting.delete(end);
      done(told);
    };
    const cancel = clock.after(limits.revocationsWithinMs, () => end(false));
    waiting.add(end);
  }

  return {
    isRevoked: ({ id, issued }) => issued < (befores.get(id) ?? 0),
    whenTold,
    note,
    told() {
      isTold = true;
      for (const end of waiting) end(true);
    },
  };
}

/** The same tokens, but for those that were called back. */
export function unlessRevoked(revocations: Revocations, tokens: TokenVerifier): TokenVerifier {
  return {
    async verify(token, now) {
      if (!(await new Promise<boolean>(revocations.whenTold))) return notTold;
      const verified = await tokens.verify(token, now);
      return verified.ok && revocations.isRevoked(verified.person) ? revoked : verified;
    },
  };
}

export const notTold: TokenRefusal = {
  ok: false,
  reason: "unavailable",
  sentence: "This server has just started and cannot let anybody in yet. Try again shortly.",
};
const revoked: TokenRefusal = {
  ok: false,
  reason: "revoked",
  sentence: "This token was called back. Ask for a new one.",
};
