import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { EpochSchema, RoomIdSchema, SeqSchema, TimeSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { ProtocolError, parseRequest } from "@chorus/protocol/parse.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import { type Static, Type } from "typebox";
import { crowded, turnedAwayFor } from "../gateway/admission.ts";
import type { Gateway } from "../gateway/state.ts";
import { headers as streamHeaders } from "../gateway/stream.ts";
import { openStream } from "../gateway/streams.ts";
import type { ReadTickets } from "../identity/read-ticket.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import { addressOf } from "./address-of.ts";
import type { FrontConfig } from "./front.ts";
import { identify, unauthorised } from "./identify.ts";
import { isOriginAllowed } from "./origins.ts";
import { type Problem, problem, sendProblem } from "./problem.ts";
import { framesSchema, textsOf } from "./request-frames.ts";
import { RoomPathSchema } from "./room-answers.ts";
import { type Route, route } from "./route.ts";

/** Rooms for whoever no WebSocket reaches: server-sent events and polls, the same frames from the same rings. */
export function streamRoutes(
  gateway: Gateway,
  config: FrontConfig,
  anyToken: TokenVerifier,
  tickets: Pick<ReadTickets, "issue">,
): Route[] {
  type Opening = { texts: string[]; wait: number | undefined; begins: "welcome" | "joined" };

  function open(request: IncomingMessage, response: ServerResponse, { texts, wait, begins }: Opening): void {
    const refusal = refusalTo(gateway, config, request);
    if (refusal !== null) return sendProblem(response, refusal);
    if (request.method === "HEAD") return void response.writeHead(200, streamHeaders).end();
    openStream(gateway, response, {
      address: addressOf(request, config.trustedProxies),
      frames: texts,
      begins: wait === undefined ? begins : "end",
      waitMs: (wait ?? 0) * 1_000,
    });
  }

  const post = route({
    method: "POST",
    path: "/v1/stream",
    about: {
      name: "openStream",
      summary:
        "The frames of a connection as server-sent events, or with wait the next of them as one answer",
      token: "none",
      answers: { 200: "text/event-stream: each frame is the data of an event; an event named close ends it" },
      problems: [
        "malformed",
        "unauthorised",
        "forbidden-origin",
        "too-large",
        "media-type",
        "rate",
        "unavailable",
      ],
    },
    query: WaitSchema,
    body: framesSchema(1 + limits.roomsPerConnectionMax),
    handle({ body, query: { wait } }) {
      const texts = textsOf(body);
      if ("problem" in texts) return texts;
      const flaw = flawIn(texts);
      if (flaw !== null) return problem("malformed", flaw);
      return { take: (request, response) => open(request, response, { texts, wait, begins: "welcome" }) };
    },
  });

  const get = route({
    method: "GET",
    path: "/v1/stream",
    about: {
      name: "readStream",
      summary:
        "One room as server-sent events, for EventSource and curl; a ticket reads where guests may not",
      token: "none",
      answers: { 200: "text/event-stream: each frame is the data of an event; Last-Event-ID resumes" },
      problems: [
        "malformed",
        "unauthorised",
        "forbidden",
        "forbidden-origin",
        "no-such-room",
        "rate",
        "unavailable",
      ],
    },
    query: ReadSchema,
    handle({ query, headers }) {
      const { room, ticket, wait } = query;
      const hello = { t: "hello", v: protocolVersion, ...(ticket === undefined ? {} : { resume: ticket }) };
      const texts = [hello, { t: "join", room, ...positionOf(query, headers) }].map((frame) =>
        JSON.stringify(frame),
      );
      return { take: (request, response) => open(request, response, { texts, wait, begins: "joined" }) };
    },
  });

  const ticket = route({
    method: "POST",
    path: "/v1/rooms/:room/ticket",
    about: {
      name: "issueTicket",
      summary: "A ticket that lets whoever has it read the room by GET /v1/stream, if they begin in time",
      token: "required",
      answers: { 200: "The ticket, and until when a stream can begin with it" },
      problems: ["malformed", "unauthorised", "forbidden", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: TicketSchema,
    async handle({ params: { room }, headers }) {
      const now = gateway.clock.now();
      const who = await identify(headers.authorization, anyToken, now);
      if (!who.ok) return who.problem;
      if (who.person === null) return unauthorised("Send a token with the grant to read this room.");
      if (who.person.guest)
        return problem("forbidden", "Read without a ticket: guests may where guests are let in.");
      const issued = tickets.issue(who.person, room, now);
      return issued === null
        ? problem("forbidden", "Ask for a token with the grant to read this room.")
        : { status: 200, json: issued };
    },
  });

  return [post, get, ticket];
}

const strict = { additionalProperties: false } as const;
const WaitField = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: limits.pollMs / 1_000,
    description: "Answer with the first news as a whole, after so many seconds at the latest",
  }),
);
const WaitSchema = Type.Object({ wait: WaitField }, strict);
const ReadSchema = Type.Object(
  {
    room: RoomIdSchema,
    epoch: Type.Optional(EpochSchema),
    seq: Type.Optional(SeqSchema),
    ticket: Type.Optional(Type.String({ maxLength: limits.tokenBytesMax })),
    wait: WaitField,
  },
  strict,
);
const TicketSchema = Type.Object({ ticket: Type.String(), expires: TimeSchema });

const lastId = /^(?<epoch>[A-Za-z0-9_-]{4,32}):(?<seq>\d{1,15})$/;

/** Where the client was: the event that it has had last counts before what its address has said from the beginning. */
function positionOf({ epoch, seq }: Static<typeof ReadSchema>, headers: IncomingHttpHeaders): object {
  const last = lastId.exec(String(headers["last-event-id"] ?? ""))?.groups;
  if (last !== undefined) return { epoch: last["epoch"], seq: Number(last["seq"]) };
  return epoch === undefined || seq === undefined ? {} : { epoch, seq };
}

/** Null: a hello, and nothing but joins behind it. */
function flawIn([first, ...others]: readonly string[]): string | null {
  try {
    if (first === undefined || parseRequest(first).t !== "hello") return "The first frame must be hello.";
    const stray = others.find((text) => parseRequest(text).t !== "join");
    return stray === undefined ? null : "Behind hello there may be joins alone: commands go to /v1/commands.";
  } catch (error) {
    if (error instanceof ProtocolError)
      return error.message.startsWith('"') ? `In a frame, ${error.message}` : error.message;
    throw error;
  }
}

/** What a WebSocket is asked at its handshake. */
function refusalTo(gateway: Gateway, { origins }: FrontConfig, { headers }: IncomingMessage): Problem | null {
  const { origin, host } = headers;
  if (origin !== undefined && !isOriginAllowed(origins, origin, host)) {
    gateway.observe.closed?.("forbiddenOrigin");
    const sentence = "Pages of this origin may not connect here. The operator can allow it with --origins.";
    return problem("forbidden-origin", sentence, { close: closeCodes.forbiddenOrigin });
  }
  const retryS = turnedAwayFor(gateway);
  return retryS === null
    ? null
    : problem("unavailable", crowded, { close: closeCodes.busy, retryMs: retryS * 1_000 });
}
