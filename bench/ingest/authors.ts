import { setTimeout } from "node:timers/promises";
import type { Input } from "@chorus/core/room/inputs.ts";
import { key, personId, roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { grantsOfRole } from "@chorus/protocol/people.ts";
import { noBytes } from "@chorus/server/bus/bus.ts";
import { connectUnixBus } from "@chorus/server/bus/unix-bus.ts";
import { type GatewayMessage, type KeeperMessage, toGateway, toKeeper } from "@chorus/server/messages.ts";
import { mintId } from "@chorus/server/roles/mint.ts";
import { busPath } from "@chorus/server/roles/paths.ts";
import { countDurations, type Durations } from "../crowd/tallies.ts";
import { linesOf } from "../page/log-lines.ts";

/**
 * Many people who talk to the keeper over the bus, as a gateway passes on what they say: everything of a moment in one message, and
 * no more unanswered than a gateway lets be. Nobody says more than the room's pace allows, and no two say the same.
 */
export type AuthorsSpec = {
  dataDir: string;
  room: string;
  perSecond: number;
  ms: number;
  authors: number;
  chat: string | null;
};
export type AuthorsCount = {
  said: number;
  acked: number;
  refused: Record<string, number>;
  /** How often what was due had to wait, since too much was unanswered. */
  heldBack: number;
  ack: Durations;
  ms: number;
  cpuMs: number;
};

const spec = JSON.parse(process.argv[2] ?? "") as AuthorsSpec;
const gateway = `authors.${process.pid}`;
const room = roomId(spec.room);
const tickMs = 5;
const answersWithinMs = 10_000;
const lines = (await linesOf(spec.chat ?? undefined, 1)).map(({ text }) => text);
let begun = 0;
const ack = countDurations();
const count = { said: 0, acked: 0, heldBack: 0, unanswered: 0 };
const refused: Record<string, number> = {};

const bus = connectUnixBus(busPath({ dataDir: spec.dataDir }));
bus.subscribe(toGateway(gateway), ({ head }) => {
  const message = head as KeeperMessage;
  if (message.m === "answers")
    for (const { origin, reply } of message.items) answered(origin.connection, reply);
});
await new Promise<void>((resolve) => bus.onReset(resolve));
bus.publish(toKeeper, { head: unslowed() satisfies GatewayMessage, body: noBytes });
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });
process.once("message", () => void talk().then((told) => process.send?.(told)));

async function talk(): Promise<AuthorsCount> {
  begun = performance.now();
  const cpu = process.cpuUsage();
  for (let passed = 0; passed < spec.ms;) {
    passed = Math.min(spec.ms, performance.now() - begun);
    const due = Math.floor((passed / 1_000) * spec.perSecond) - count.said;
    const free = limits.inputsInFlightMax - count.unanswered;
    if (due > free) count.heldBack += 1;
    say(Math.min(due, free));
    await setTimeout(tickMs);
  }
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  for (const until = performance.now() + answersWithinMs; count.unanswered > 0 && performance.now() < until;)
    await setTimeout(tickMs);
  const { said, acked, heldBack } = count;
  return { said, acked, refused, heldBack, ack: ack.take(), ms, cpuMs: (user + system) / 1_000 };
}

/** A hot room slows people down: then what is asked here would be refused, and not taken in. */
function unslowed(): GatewayMessage {
  const grants = grantsOfRole.host;
  const actor = { id: personId("host"), name: "Host", skeleton: "host", role: "host", grants } as const;
  const act = { do: "settings", settings: { slowUnderLoad: false } } as const;
  const command = { t: "moderate", room, key: key("host-of-authors:0"), act } as const;
  const origin = { gateway: "nobody", connection: 0 };
  const input = { i: "command", origin, actor, command, id: mintId() } as const;
  return { m: "inputs", gateway, items: [{ room, input }] };
}

function say(messages: number): void {
  if (messages <= 0) return;
  const items = Array.from({ length: messages }, () => {
    const number = count.said++;
    const author = number % spec.authors;
    return { room, input: inputOf(author, Math.floor(number / spec.authors), number) };
  });
  count.unanswered += messages;
  const head: GatewayMessage = { m: "inputs", gateway, items };
  bus.publish(toKeeper, { head, body: noBytes });
}

function inputOf(author: number, turn: number, number: number): Input {
  const name = `Person ${author}`;
  return {
    i: "command",
    origin: { gateway, connection: number },
    actor: {
      id: personId(`author-${author}`),
      name,
      skeleton: name.toLowerCase(),
      role: "viewer",
      grants: grantsOfRole.viewer,
    },
    command: {
      t: "say",
      room,
      key: key(`author${String(author).padStart(7, "0")}:${turn}`),
      text: `${lines[number % lines.length] ?? "…"} ${number.toString(36)}`,
      at: time(Date.now()),
    },
    id: mintId(),
  };
}

/** Timed from when it was due, not from when it was sent: what had to wait before it was sent has waited too. */
function answered(number: number, reply: { t: string; reason?: string }): void {
  count.unanswered -= 1;
  if (reply.t !== "ack") {
    const why = reply.reason ?? reply.t;
    refused[why] = (refused[why] ?? 0) + 1;
    return;
  }
  count.acked += 1;
  ack.note(performance.now() - begun - (number / spec.perSecond) * 1_000);
}
