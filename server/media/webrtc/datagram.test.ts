import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { sendDatagram } from "./datagram.ts";

test("V3.35 a packet that the network refuses is lost and ends nothing", async () => {
  const [from, to] = [createSocket("udp4"), createSocket("udp4")];
  try {
    for (const socket of [from, to]) socket.bind(0, "127.0.0.1");
    await Promise.all([from, to].map((socket) => once(socket, "listening")));
    const { port } = to.address();
    const heard = once(to, "message");
    sendDatagram(from, Buffer.alloc(70_000), port, "127.0.0.1");
    sendDatagram(from, Buffer.from("next"), port, "127.0.0.1");
    assert.equal(String((await heard)[0]), "next");
  } finally {
    from.close();
    to.close();
  }
});
