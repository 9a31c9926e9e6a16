import type { Time } from "@chorus/protocol/ids.ts";
import { Type } from "typebox";
import { apiLimits } from "./api-limits.ts";
import { problem } from "./problem.ts";
import { type Route, route } from "./route.ts";

const HealthSchema = Type.Object({ ok: Type.Literal(true) });
const healthy = { status: 200, json: { ok: true } } as const;

/**
 * `healthz` says that the process lives, and nothing else: whoever restarts on it must not restart for a keeper's absence.
 * `readyz` says whether clients should be sent here.
 */
export function healthRoutes(keeperHeardAt: () => Time | null, now: () => Time): Route[] {
  const alive = route({
    method: "GET",
    path: "/healthz",
    about: {
      name: "getHealth",
      summary: "Whether the process lives",
      token: "none",
      answers: { 200: "It does" },
      problems: [],
    },
    answer: HealthSchema,
    handle: () => healthy,
  });
  const ready = route({
    method: "GET",
    path: "/readyz",
    about: {
      name: "getReadiness",
      summary: "Whether clients should be sent here",
      token: "none",
      answers: { 200: "They should" },
      problems: ["unavailable"],
    },
    answer: HealthSchema,
    handle() {
      const heardAt = keeperHeardAt();
      if (heardAt !== null && now() - heardAt <= apiLimits.keeperSilentMs) return healthy;
      const since =
        heardAt === null
          ? "not been heard yet"
          : `been silent for ${Math.floor((now() - heardAt) / 1_000)} s`;
      const detail = `The keeper has ${since}: look at its process and at the bus.`;
      return problem("unavailable", detail, { limit: "keeperSilentMs", retryMs: 1_000 });
    },
  });
  return [alive, ready];
}
