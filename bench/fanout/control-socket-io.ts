import { createServer } from "node:http";
import { Server } from "socket.io";
import { obeyOrders } from "./control.ts";

/** The control row Socket.IO: each message emitted to all, or, told `batch`, all of a window in one. */
const batch = process.argv[2] === "batch";
const server = createServer();
const io = new Server(server, { transports: ["websocket"], serveClient: false, perMessageDeflate: false });
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
obeyOrders(({ messages }) => {
  if (batch) io.emit("messages", messages);
  else for (const message of messages) io.emit("message", message);
  return io.engine.clientsCount * (batch ? 1 : messages.length);
});
