import { firstPace } from "@chorus/core/delivery/window.ts";
import { time } from "@chorus/protocol/ids.ts";
import type { BusMessage } from "../bus/bus.ts";
import { type KeeperMessage, type Pulse, type RevokedMessage, toGateway, toGateways } from "../messages.ts";
import { openAdmission } from "./admission.ts";
import { startBeats } from "./beats.ts";
import { shareCrowd, unlessCrowded } from "./crowd.ts";
import { sendStatus } from "./announce.ts";
import { attached, compare, reattachAll, unavailable, unknownRoom } from "./feed.ts";
import { watchHeat } from "./heat.ts";
import { hearRevision, readRevocations, receiveRevocation } from "./revoking.ts";
import type { Gateway, GatewayOptions } from "./state.ts";
import { deliverAnswers, forgetInFlight } from "./uplink.ts";
import { acceptView } from "./views.ts";

const unheard = { keeper: null, revision: 0 };

/** A gateway: listens to the keeper on the bus, and keeps its clients on their way. */
export function startGateway(options: GatewayOptions): { gateway: Gateway; stop(): void } {
  const gateway: Gateway = {
    ...options,
    authenticate: (hello, now, done) =>
      options.authenticate(hello, now, (verdict) => done(unlessCrowded(gateway, verdict))),
    sessions: new Map(),
    people: new Map(),
    addresses: new Map(),
    crowd: { others: new Map(), quiet: true, planned: false },
    admission: openAdmission(options.clock.now()),
    feeds: new Map(),
    calls: new Map(),
    due: [],
    timing: false,
    outbox: [],
    nextSession: 1,
    nextCall: -1,
    inFlight: 0,
    heardAnswerAt: time(0),
    pace: firstPace,
    worked: {
      at: options.clock.now(),
      busyMs: options.clock.busyMs(),
      cpuMs: options.clock.cpuMs(),
      writes: 0,
      bytes: 0,
      writingMs: 0,
      totals: 0,
    },
    wrote: new Map(),
    large: new Set(),
    bytesPerSecond: 0,
    warm: new Set(),
    revoked: { heard: unheard, known: unheard, reading: false },
    keeper: null,
    keeperHeardAt: options.clock.now(),
  };
  const stops = [
    options.bus.subscribe(toGateway(options.id), (message) => receive(gateway, message)),
    options.bus.subscribe(toGateways, ({ head }) => hear(gateway, head as Pulse | RevokedMessage)),
    startBeats(gateway),
    watchHeat(gateway),
    shareCrowd(gateway),
  ];
  options.bus.onReset(() => {
    forgetInFlight(gateway);
    reattachAll(gateway);
  });
  readRevocations(gateway);
  options.bus.onReachable((reachable) => {
    if (!reachable) for (const feed of gateway.feeds.values()) sendStatus(gateway, feed, "paused");
  });
  return {
    gateway,
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function receive(gateway: Gateway, { head, body }: BusMessage): void {
  const message = head as KeeperMessage;
  gateway.keeperHeardAt = gateway.clock.now();
  switch (message.m) {
    case "attached":
      return attached(gateway, message);
    case "no-room":
      return unknownRoom(gateway, message.room);
    case "unavailable":
      return unavailable(gateway, message.room);
    case "view":
      return acceptView(gateway, message.view, body);
    case "answers":
      return deliverAnswers(gateway, message.items);
    case "created":
      return gateway.calls.get(message.call)?.(message.outcome);
    case "info":
      return gateway.calls.get(message.call)?.(message.info);
    case "revoked":
      return gateway.calls.get(message.call)?.(message.outcome);
  }
}

function hear(gateway: Gateway, message: Pulse | RevokedMessage): void {
  gateway.keeperHeardAt = gateway.clock.now();
  if (message.m === "pulse") receivePulse(gateway, message);
  else receiveRevocation(gateway, message);
}

function receivePulse(gateway: Gateway, pulse: Pulse): void {
  const another = gateway.keeper !== pulse.keeper;
  gateway.keeper = pulse.keeper;
  if (another) {
    forgetInFlight(gateway);
    reattachAll(gateway);
  }
  hearRevision(gateway, pulse);
  for (const [room, epoch, offset] of pulse.heads) compare(gateway, room, epoch, offset);
}
