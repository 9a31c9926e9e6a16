import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { type Config, readConfig } from "../config.ts";
import { openPublicPort } from "./public-port.ts";

test("O6.14 who comes to the port before its server is there is answered as soon as it is", async () => {
  const port = await openPublicPort(configOf());
  const server = createServer((_request, response) => response.end("here"));
  const early = connect(port.number, "127.0.0.1");
  early.write("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  await new Promise((resolve) => early.once("connect", resolve));
  port.handOver(server);
  let answer = "";
  for await (const bytes of early) answer += String(bytes);
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*here$/);
  assert.equal(await (await fetch(`http://127.0.0.1:${port.number}/`)).text(), "here");
  server.closeAllConnections();
  server.close();
});

test("O6.15 a port that is taken is told as such", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  assert.ok(typeof address === "object" && address !== null);
  await assert.rejects(openPublicPort({ ...configOf(), port: address.port }), { code: "EADDRINUSE" });
  taken.close();
});

function configOf(): Config {
  const config = readConfig(["--dev", "--single", "--port", "0"], {});
  assert.ok(!("problems" in config));
  return config;
}
