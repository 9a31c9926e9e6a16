import { connect } from "@chorus/sdk/client.ts";

const chorus = connect({ url: "http://127.0.0.1:8080", name: "Ada" });
const room = chorus.join("demo");

chorus.on("state", ({ state }) => console.log(state));
room.on("message", ({ name, text }) => console.log(`${name}: ${text}`));
room.on("removed", ({ id }) => console.log(`${id} is gone`));

const outcome = await room.say("Hello!").done;
if (outcome.status === "refused") console.log(outcome.sentence);
