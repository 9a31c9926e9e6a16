import { connect } from "@chorus/sdk/client.ts";
import { socketTransport } from "./socket-transport.ts";
import { type Target, tokenFor } from "./target.ts";

/** People who are in a room and talk, so that it looks as rooms do. */
const names = ["Ada", "Bo", "Chidi", "Dara", "Émile", "Farah", "Gus", "Hana", "Ines", "Jun", "Kofi", "Lena"];
const lines = [
  "hello from the back row",
  "is that clock live?",
  "it says the same as mine, give or take",
  "first time here",
  "who else is watching at work",
  "that box has been going back and forth all day",
  "good picture today",
  "let me get a coffee, brb",
  "back",
  "what did I miss?",
  "nothing, the box is fine",
  "what a colour",
  "wait for the next one",
  "there it is",
  "hahaha",
  "can somebody explain the strip at the bottom?",
  "it is the same time again, for computers",
  "TIL",
  "the sound is a bit loud on my side",
  "fine here",
  "greetings from Lisbon",
  "greetings from Nairobi!",
  "this is oddly calming",
  "👏👏👏",
];
const reactions = ["❤️", "😂", "👏", "🔥"];
const pauseMs = { least: 300, most: 2_500 };

/** @param people how many are there; a few of them talk. */
export function openMadeUpChat(target: Target, people: number): { close(): void } {
  const clients = Array.from({ length: people }, (_, place) => {
    const name = names[place % names.length] ?? "";
    const identity = { sub: `demo:${place}`, name: place < names.length ? name : `${name} ${place}` };
    return connect({
      url: target.url,
      token: () => tokenFor(target, { ...identity, grants: ["read", "say", "react", "replay"] }),
      storage: null,
      transport: socketTransport,
      messagesMax: 100,
      idsMax: 1_000,
    });
  });
  const rooms = clients.map((client) => client.join(target.room));
  let said = 0;
  let timer = setTimeout(talk, pauseMs.most);

  function talk(): void {
    const room = rooms[Math.floor(Math.random() * Math.min(rooms.length, names.length))];
    room?.say(lines[said % lines.length] ?? "");
    said += 1;
    if (said % 3 === 0) rooms.at(-1)?.react(reactions[Math.floor(Math.random() * reactions.length)] ?? "");
    timer = setTimeout(talk, pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
  }

  return {
    close() {
      clearTimeout(timer);
      for (const client of clients) client.close();
    },
  };
}
