import { skeletonOf } from "@chorus/core/skeleton.ts";
import { rankOf } from "@chorus/core/room/rank.ts";
import { type Reply, RefusedSchema, AckSchema, HeldReplySchema } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { ProtocolError, parseRequest } from "@chorus/protocol/parse.ts";
import { type RefusalReason, refusals } from "@chorus/protocol/refusals.ts";
import type { Command, React } from "@chorus/protocol/requests.ts";
import { Type } from "typebox";
import { sendCommand } from "../gateway/calls.ts";
import { rightsOf } from "../gateway/joins.ts";
import type { Gateway } from "../gateway/state.ts";
import { countTaps, tapsRefused } from "../gateway/taps.ts";
import { hasCredit } from "../gateway/uplink.ts";
import type { Person } from "../identity/person.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import { createAddressBudget } from "./address-budget.ts";
import { apiLimits } from "./api-limits.ts";
import { identify, type Standing, unauthorised } from "./identify.ts";
import type { Problem } from "./problem.ts";
import { framesSchema, textsOf } from "./request-frames.ts";
import { standingOf } from "./room-standing.ts";
import { type Route, route } from "./route.ts";

type Doing = Command | React;
type Refused = Extract<Reply, { t: "refused" }>;

/** Commands without a connection, at whatever gateway: answered by the frames that a WebSocket would have got. */
export function commandRoute(gateway: Gateway, anyToken: TokenVerifier): Route {
  const { clock, observe } = gateway;
  const pace = createAddressBudget(
    {
      perSecond: limits.framesPerSecond,
      burst: limits.framesBurst,
      addressesMax: apiLimits.apiAddressesMax,
    },
    () => observe.limit?.("apiAddressesMax"),
  );

  /** In the order given: all that has to be asked first is asked for all of them. */
  async function carryOut(person: Person, texts: readonly string[]): Promise<Reply[]> {
    const asked = texts.map((text) => read(person, text));
    const rooms = new Set(asked.flatMap((one) => (one.t === "refused" ? [] : [one.room])));
    const standings = new Map(
      await Promise.all([...rooms].map(async (room) => [room, await standing(person, room)] as const)),
    );
    const answers = asked.map((one) =>
      one.t === "refused" ? one : decide(person, one, standings.get(one.room)),
    );
    return (await Promise.all(answers)).filter((answer) => answer !== null);
  }

  function standing(person: Person, room: RoomId): Promise<Standing | Problem> {
    return standingOf(gateway, room, person.id, apiLimits.callWithinMs);
  }

  function read(person: Person, text: string): Doing | Refused {
    const waitMs = pace.spend(person.id, 1, clock.now());
    try {
      const request = parseRequest(text);
      observe.frameIn?.(request.t, text.length);
      if (!isDoing(request)) return refused("malformed", {}, "Send commands and taps alone.");
      if (waitMs === 0) return request;
      observe.limit?.("framesPerSecond");
      return refused("rate", about(request, waitMs));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return refused("malformed", error.about, error.message);
    }
  }

  /** Null: there is nothing to say to taps that count. */
  async function decide(person: Person, doing: Doing, of?: Standing | Problem): Promise<Reply | null> {
    const { room } = doing;
    const rights = rightsOf(person, room);
    if (of === undefined || "problem" in of)
      return of?.problem === "no-such-room"
        ? refused("no-such-room", about(doing))
        : refused("try-later", about(doing, laterMs));
    if (rights === null || (person.guest && !of.settings.guests)) return refused("forbidden", about(doing));
    if (of.banned && rankOf(rights.grants) !== "host") return refused("banned", about(doing));
    if (doing.t === "react") {
      const reason = tapsRefused(gateway, rights, of.settings, doing.taps);
      if (reason !== null) return refused(reason, about(doing));
      countTaps(gateway, room, doing.taps);
      return null;
    }
    if (!hasCredit(gateway)) return refused("busy", about(doing, laterMs));
    if (gateway.feeds.get(room)?.sending === "paused") return refused("try-later", about(doing, laterMs));
    const { id, name } = person;
    const actor = { id, name, skeleton: name === null ? "" : skeletonOf(name), ...rights };
    const called = await sendCommand(gateway, actor, doing, gateway.mintId(), apiLimits.callWithinMs);
    if (called.ok) return called.value;
    if (called.why === "too-many") observe.limit?.("callsInFlightMax");
    return refused(called.why === "too-many" ? "busy" : "try-later", about(doing, laterMs));
  }

  function refused(reason: RefusalReason, of: Partial<Refused>, sentence?: string): Refused {
    observe.refused?.(reason);
    return { t: "refused", ...of, reason, sentence: sentence ?? refusals[reason].sentence };
  }

  return route({
    method: "POST",
    path: "/v1/commands",
    about: {
      name: "sendCommands",
      summary: "Carries out say, edit, retract, moderate and react, in the order given",
      token: "required",
      answers: {
        200: "What is answered to each, in order: ack, held or refused; taps that count have no answer",
      },
      problems: ["malformed", "unauthorised", "too-large", "media-type", "rate", "unavailable"],
    },
    body: framesSchema(limits.commandsPerPostMax),
    answer: Type.Array(Type.Union([AckSchema, HeldReplySchema, RefusedSchema])),
    async handle({ body, headers }) {
      const who = await identify(headers.authorization, anyToken, clock.now());
      if (!who.ok) return who.problem;
      if (who.person === null)
        return unauthorised("Send a token, or the resume token or guest's token of a welcome.");
      const texts = textsOf(body);
      return "problem" in texts ? texts : { status: 200, json: await carryOut(who.person, texts) };
    },
  });
}

const laterMs = 1_000;

function isDoing(request: { t: string }): request is Doing {
  return ["say", "edit", "retract", "moderate", "react"].includes(request.t);
}

function about({ room, key }: Doing, retryMs?: number): Partial<Refused> {
  return retryMs === undefined ? { room, key } : { room, key, retryMs };
}
