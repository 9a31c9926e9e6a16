import { join } from "node:path";
import { limits } from "@chorus/protocol/limits.ts";
import { createHttpServer } from "../api/http-bounds.ts";
import type { ApiObserver } from "../api/http-app.ts";
import { publicHandler } from "../api/public-api.ts";
import { boundSockets } from "../api/socket-bounds.ts";
import type { Bus } from "../bus/bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { drain } from "../gateway/drain.ts";
import { startGateway } from "../gateway/gateway.ts";
import { acceptSockets } from "../gateway/listen.ts";
import { endSession } from "../gateway/sessions.ts";
import type { Gateway, GatewayObserver } from "../gateway/state.ts";
import { createAnyToken } from "../identity/any-token.ts";
import { createAuthentication } from "../identity/authenticate.ts";
import { createGuests } from "../identity/guests.ts";
import { createKeySet } from "../identity/key-set.ts";
import { createReadTickets } from "../identity/read-ticket.ts";
import { createResumeTokens } from "../identity/resume-token.ts";
import { createTokenVerifier } from "../identity/verify-token.ts";
import { internalSecret } from "../internal-secret.ts";
import type { LogReader } from "../log/log.ts";
import type { SegmentsObserver } from "../segments/room-segments.ts";
import { mintId } from "./mint.ts";
import type { PublicPort } from "./public-port.ts";

export type GatewayRole = {
  address(): { host: string; port: number };
  gateway: Gateway;
  /** To its siblings. Without any its clients would have nowhere to go, and nothing is done. */
  drain(): Promise<void>;
  stop(): Promise<void>;
};

export type GatewayParts = {
  id: string;
  port: PublicPort;
  bus: Bus;
  log: LogReader;
  observe: GatewayObserver;
  observeApi: ApiObserver & SegmentsObserver;
};

const root = join(import.meta.dirname, "../..");

/** A gateway with its port open. Several share one port; the kernel spreads connections among them. */
export async function startGatewayRole(config: Config, parts: GatewayParts): Promise<GatewayRole> {
  const secret = internalSecret(config);
  const { keys, jwksUrl, issuer, audience } = config.tokens;
  const keySet = jwksUrl === null ? null : createKeySet(jwksUrl);
  const verifier = createTokenVerifier({ keys, keySet, issuer, audience });
  const resumes = createResumeTokens(secret);
  const guests = createGuests(secret);
  const tickets = createReadTickets(secret);
  const { gateway, stop } = startGateway({
    id: parts.id,
    bus: parts.bus,
    log: parts.log,
    clock: systemClock,
    caps: {
      connections: limits.connectionsMax,
      perAddress: config.connectionsPerIpMax,
      perPerson: limits.connectionsPerPersonMax,
      gateways: config.single ? 1 : config.gateways,
      roomShare: config.roomShare,
      segments: config.segments,
      ...(config.egressBytesPerSecond === null ? {} : { egressBytesPerSecond: config.egressBytesPerSecond }),
    },
    mintId,
    ...createAuthentication(verifier, resumes, guests, tickets),
    resumeToken: resumes.issue,
    observe: parts.observe,
  });
  const api = await publicHandler({
    gateway,
    tokens: verifier,
    anyToken: createAnyToken(verifier, resumes, guests),
    tickets,
    config,
    root,
    secret,
    media: config.media,
    observe: parts.observeApi,
  });
  const server = createHttpServer(api.handle, parts.observeApi);
  boundSockets(server, config, parts.observeApi);
  acceptSockets(server, gateway, config);
  parts.port.handOver(server);
  return {
    gateway,
    address() {
      const address = server.address();
      if (address === null || typeof address === "string")
        throw new Error("The gateway does not listen on a port.");
      return { host: config.host, port: address.port };
    },
    async drain() {
      if (config.single || config.gateways === 1) return;
      server.close();
      await drain(gateway);
    },
    async stop() {
      server.close();
      for (const session of gateway.sessions.values())
        endSession(gateway, session, "drained", "This server restarts.");
      stop();
      server.closeAllConnections();
      await api.close();
    },
  };
}
