import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { UdpTransport } from "werift";
import { bindAtOnce } from "./werift-socket.ts";

test("V8.12 a port that somebody else has is a promise's failure, and nothing that ends the process", async () => {
  bindAtOnce();
  const holder = createSocket("udp4").bind(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address();
  const options = { portRange: [port, port] as [number, number], interfaceAddresses: { udp4: "127.0.0.1" } };
  await assert.rejects(UdpTransport.init("udp4", options), /EADDRINUSE/);
  holder.close();
  await once(holder, "close");
  const transport = await UdpTransport.init("udp4", options);
  assert.deepEqual([transport.host, transport.port], ["127.0.0.1", port]);
  await transport.close();
});
