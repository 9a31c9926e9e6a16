import { createServer } from "node:http";
import { WebSocketServer } from "ws";

/** The control row: `ws` as its manual shows it, with nothing around it but a set of clients. */
const server = createServer();
const sockets = new WebSocketServer({ server });
sockets.on("connection", (ws) => {
  ws.on("message", () => {});
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.once("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
