import { helloOf, type Opened, openSocket } from "./bare-sockets.ts";

/** Many silent people: each connects with a token of their own, joins the room, sends one frame and stays. */
const [port, count, key = "", plain] = process.argv.slice(2);
const kind = plain === "plain" ? "plain" : "chorus";
const sockets: Opened[] = [];
const atOnce = 64;
let asked = 0;

await Promise.all(Array.from({ length: atOnce }, work));
process.send?.({ opened: sockets.length });
process.on("message", () =>
  process.send?.({ opened: sockets.filter(({ socket }) => !socket.destroyed).length }),
);
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));

async function work(): Promise<void> {
  while (asked < Number(count)) {
    const number = asked++;
    const frames = kind === "plain" ? [`{"hello":${number}}`] : await helloOf(number, key);
    sockets.push(await openSocket(Number(port), kind, frames));
  }
}
