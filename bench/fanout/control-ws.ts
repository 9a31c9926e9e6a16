import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { obeyOrders } from "./control.ts";

/** The control row `ws`: its manual's broadcast, a loop of `send`. */
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
obeyOrders(({ frame }) => {
  for (const client of sockets.clients) client.send(frame);
  return sockets.clients.size;
});
