import { explain, quoted } from "@chorus/protocol/explain.ts";
import { limits } from "@chorus/protocol/limits.ts";
import {
  defaultRoomSettings,
  type Emote,
  EmoteSchema,
  removedLooks,
  roomModes,
  type RoomSettings,
  type RoomSettingsPatch,
  RoomSettingsSchema,
  roomStates,
  sanctionSecondsMax,
} from "@chorus/protocol/room-settings.ts";
import type { TSchema } from "typebox";
import { Check } from "typebox/schema";
import type { Arguments, FlagTable } from "./arguments.ts";

/** Instead of the first of a list: there is to be none. Neither an emote nor an origin is written like this. */
const none = "none";
const slowSecondsMax = 3_600;
const viewersExpectedMax = 100_000_000;
const usualTimeouts = defaultRoomSettings.timeouts.join(",");

/** How a room is to be, in flags. */
export const changeFlags = {
  title: { kind: "value", hint: "T", about: "What the room is called." },
  guests: { kind: "switch", about: "Let people in who have no token." },
  "no-guests": { kind: "switch", about: "Let nobody in without a token. So is every new room." },
  mode: { kind: "value", hint: "MODE", about: `One of ${roomModes.join(", ")}.` },
  slow: { kind: "value", hint: "S", about: "So many seconds between two messages of a person; 0 for none." },
  "slow-under-load": {
    kind: "value",
    hint: "MAY",
    about:
      "Whether the server may slow people down while the room is too hot for it: yes, as in a new room, or no.",
  },
  expect: {
    kind: "value",
    hint: "N",
    about: "So many viewers are on their way: the room is prepared for them. 0 when nothing is planned.",
  },
  "align-chat": {
    kind: "value",
    hint: "WAIT",
    about:
      "Whether messages wait until a viewer's picture comes to what they are about: yes, as in a new room, or no.",
  },
  state: { kind: "value", hint: "STATE", about: `One of ${roomStates.join(", ")}; archived is for ever.` },
  removed: {
    kind: "value",
    hint: "LOOK",
    about: "What viewers see of a removed message: tombstone for a line in its place, gone for nothing.",
  },
  timeouts: {
    kind: "value",
    hint: "S,S",
    about: `The timeouts that moderators are offered, in seconds, ${limits.timeoutsPerRoomMax} at most. A new room has ${usualTimeouts}.`,
  },
  emote: {
    kind: "list",
    hint: "NAME=URL",
    about: `A picture that people write as :NAME:. Those that are given take the place of all that were; ${none} leaves no emote.`,
  },
  "framed-by": {
    kind: "list",
    hint: "ORIGIN",
    about: `Whose pages may frame the chat, or * for all. Those that are given take the place of all that were; with ${none} it is what the server says with --origins.`,
  },
} as const satisfies FlagTable;

/** The part of a command's arguments that says how the room is to be. */
type Given = Pick<
  Arguments<typeof changeFlags>,
  "problem" | "text" | "switch" | "oneOf" | "integer" | "list"
>;

export function readChange(given: Given): RoomSettingsPatch {
  const title = given.text("title");
  if (title !== null && title.length > limits.titleCharsMax) {
    given.problem(`--title may have ${limits.titleCharsMax} characters at most, not ${title.length}.`);
  }
  const [guests, noGuests] = [given.switch("guests"), given.switch("no-guests")];
  if (guests && noGuests) {
    given.problem("--guests and --no-guests contradict each other: give one of them.");
  }
  const mode = given.oneOf("mode", roomModes);
  const slow = given.text("slow") === null ? null : given.integer("slow", 0, slowSecondsMax);
  const underLoad = given.oneOf("slow-under-load", ["yes", "no"]);
  const aligned = given.oneOf("align-chat", ["yes", "no"]);
  const expected = given.text("expect") === null ? null : given.integer("expect", 0, viewersExpectedMax);
  const state = given.oneOf("state", roomStates);
  const removed = given.oneOf("removed", removedLooks);
  const timeouts = readTimeouts(given);
  const emotes = readEmotes(given);
  const framedBy = readFramers(given);
  return {
    ...(title === null ? {} : { title }),
    ...(guests || noGuests ? { guests } : {}),
    ...(mode === null ? {} : { mode }),
    ...(slow === null ? {} : { slowMs: slow * 1_000 }),
    ...(underLoad === null ? {} : { slowUnderLoad: underLoad === "yes" }),
    ...(expected === null ? {} : { viewersExpected: expected }),
    ...(aligned === null ? {} : { alignChat: aligned === "yes" }),
    ...(state === null ? {} : { state }),
    ...(removed === null ? {} : { removed }),
    ...(timeouts === null ? {} : { timeouts }),
    ...(emotes === null ? {} : { emotes }),
    ...(framedBy === null ? {} : { framedBy }),
  };
}

/** What a room is, in words; of what few change only what is not as in every new room. */
export function settingsInWords(settings: RoomSettings): string {
  const { title, state, mode, slowMs, guests, removed, timeouts, emotes, framedBy } = settings;
  const { slowUnderLoad, viewersExpected, alignChat } = settings;
  const parts = [
    ...(title === "" ? [] : [JSON.stringify(title)]),
    state,
    mode,
    `slow mode ${slowMs / 1_000} s`,
    guests ? "guests may come in" : "no guests",
    ...(slowUnderLoad ? [] : ["never slowed down under load"]),
    ...(viewersExpected === 0 ? [] : [`prepared for ${viewersExpected} viewers`]),
    ...(alignChat ? [] : ["chat does not wait for the picture"]),
    ...(removed === "gone" ? ["removed messages are gone"] : []),
    ...(timeouts.join() === usualTimeouts ? [] : [`timeouts of ${timeouts.join(", ")} s`]),
    ...(emotes.length === 0 ? [] : [`emotes ${emotes.map(({ name }) => `:${name}:`).join(" ")}`]),
    ...(framedBy.length === 0 ? [] : [`framed by ${framedBy.includes("*") ? "all" : framedBy.join(" ")}`]),
  ];
  return parts.join(", ");
}

function readTimeouts(given: Given): number[] | null {
  const text = given.text("timeouts");
  if (text === null) return null;
  const timeouts = [...new Set(text.split(","))].map((one) => (/^\d{1,9}$/.test(one) ? Number(one) : 0));
  const fit = timeouts.every((seconds) => seconds >= 1 && seconds <= sanctionSecondsMax);
  if (!fit || timeouts.length > limits.timeoutsPerRoomMax) {
    given.problem(
      `--timeouts must be 1 to ${limits.timeoutsPerRoomMax} numbers of seconds from 1 to ${sanctionSecondsMax}, separated by commas, not ${quoted(text)}.`,
    );
  }
  return timeouts;
}

function readEmotes(given: Given): Emote[] | null {
  const texts = listOf(given, "emote", limits.emotesPerRoomMax);
  return texts?.map((text) => readEmote(given, text)) ?? null;
}

function readEmote(given: Given, text: string): Emote {
  const at = text.indexOf("=");
  const [name, url] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (at < 0) {
    given.problem(
      `--emote must be a name and an address, as wave=https://cdn.example/wave.webp, not ${quoted(text)}.`,
    );
  } else {
    expect(given, EmoteSchema.properties.name, name, "The NAME of --emote");
    expect(given, EmoteSchema.properties.url, url, "The URL of --emote");
  }
  return { name, url };
}

function readFramers(given: Given): string[] | null {
  const framers = listOf(given, "framed-by", limits.framersPerRoomMax);
  for (const framer of framers ?? [])
    expect(given, RoomSettingsSchema.properties.framedBy.items, framer, "--framed-by");
  return framers;
}

/** Null where the flag is not given. */
function listOf(given: Given, flag: "emote" | "framed-by", max: number): string[] | null {
  const texts = [...new Set(given.list(flag))];
  if (texts.length === 0) return null;
  if (texts.length === 1 && texts[0] === none) return [];
  if (texts.length > max) given.problem(`--${flag} may be given ${max} times at most, not ${texts.length}.`);
  return texts;
}

function expect(given: Given, schema: TSchema, value: string, whole: string): void {
  if (Check(schema, value)) return;
  given.problem(explain(schema, value, whole).replace(/\.$/, `, not ${quoted(value)}.`));
}
