import { PersonIdSchema, TimeSchema } from "@chorus/protocol/ids.ts";
import { Type } from "typebox";
import { call, type Caller } from "../gateway/calls.ts";
import { apiLimits } from "./api-limits.ts";
import { problem } from "./problem.ts";
import { tooManyCalls, unanswered } from "./room-answers.ts";
import { type Route, route } from "./route.ts";

export const RevokedSchema = Type.Object({
  person: PersonIdSchema,
  /** What says who this person is and was issued earlier is void. */
  revokedBefore: TimeSchema,
});

/** For the operator, and for the backend that signs the tokens: all that was issued to a person until now is void. */
export function peopleRoutes(caller: Caller): Route[] {
  const revoke = route({
    method: "POST",
    path: "/v1/people/:person/revoke",
    params: Type.Object({ person: PersonIdSchema }),
    answer: RevokedSchema,
    async handle({ params: { person } }) {
      const called = await call(caller, { m: "revoke", person }, apiLimits.callWithinMs);
      if (!called.ok) return called.why === "too-many" ? tooManyCalls : unanswered;
      if (called.value === "unavailable") return unwritable;
      if (called.value === "full") return full;
      return { status: 200, json: { person, revokedBefore: called.value.before } };
    },
  });
  return [revoke];
}

const unwritable = problem("unavailable", "The log cannot be written now: try again shortly.", {
  retryMs: 2_000,
});
const full = problem(
  "rate",
  "The tokens of too many people were called back lately: change the signing key to call back all at once.",
  { limit: "revocationsMax" },
);
