import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { parseCidr } from "../identity/client-address.ts";
import { apiLimits } from "./api-limits.ts";
import { until } from "./api-stack.fixture.ts";
import { createHttpServer } from "./http-bounds.ts";
import { boundSockets } from "./socket-bounds.ts";

type Door = AsyncDisposable & {
  limits: string[];
  open(): number;
  enters(from: string, count: number): Promise<Socket[]>;
};

async function aDoor(trusted: string[] = []): Promise<Door> {
  const limits: string[] = [];
  const server = createHttpServer((_request, response) => void response.end());
  const trustedProxies = trusted.flatMap((text) => parseCidr(text) ?? []);
  boundSockets(server, { connectionsPerIpMax: 2, trustedProxies }, { limit: (name) => limits.push(name) });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const { port } = address;
  const sockets: Socket[] = [];
  let met = 0;
  let open = 0;
  server.on("connection", (socket) => {
    met += 1;
    open += 1;
    socket.once("close", () => {
      open -= 1;
    });
  });
  return {
    limits,
    open: () => open,
    async enters(from, count) {
      const before = met;
      const own = Array.from({ length: count }, () =>
        connect({ port, host: "127.0.0.1", localAddress: from }).on("error", () => undefined),
      );
      sockets.push(...own);
      await until(() => met === before + count);
      return own;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const most = 2 + apiLimits.apiSocketsPerIpMax;

test("C8.30 an address has so many sockets before they say anything, and what is above is cut off and counted", async () => {
  await using door = await aDoor();
  const first = await door.enters("127.0.0.1", most);
  assert.deepEqual(door.limits, []);
  const above = await door.enters("127.0.0.1", 3);
  await until(() => above.every(({ closed }) => closed));
  assert.deepEqual(
    door.limits,
    Array.from({ length: 3 }, () => "apiSocketsPerIpMax"),
  );
  assert.ok(first.every(({ closed }) => !closed));
  await door.enters("127.0.0.2", 1);
  assert.equal(door.limits.length, 3, "others are not held up by it");
});

test("C8.30 what has ended makes room again", async () => {
  await using door = await aDoor();
  const first = await door.enters("127.0.0.1", most);
  for (const socket of first) socket.destroy();
  await until(() => first.every(({ closed }) => closed));
  await until(() => door.open() === 0);
  await door.enters("127.0.0.1", most);
  assert.deepEqual(door.limits, []);
});

test("C8.31 a trusted proxy has as many sockets as it needs", async () => {
  await using door = await aDoor(["127.0.0.0/8"]);
  await door.enters("127.0.0.1", most + 3);
  assert.deepEqual(door.limits, []);
});
