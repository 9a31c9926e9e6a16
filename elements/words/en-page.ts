import type { Format } from "./format.ts";

export type EnglishPage = ReturnType<typeof englishPage>;

/** What the page of a room says around its chat. */
export function englishPage({ name, plural }: Pick<Format, "name" | "plural">) {
  return {
    video: "Video",
    chat: "Chat",
    view: "View",
    phase: {
      connecting: "Connecting…",
      scheduled: "Not started yet",
      live: "Live",
      ended: "Ended",
      archived: "Closed",
      none: "No such room",
      refused: "Not open to you",
    },
    poster: {
      connecting: "",
      scheduled: "The picture comes when the broadcast begins.",
      live: "There is no picture here yet.",
      ended: "The broadcast is over. The chat can still be read.",
      archived: "This room is closed for good.",
      none: "Check the address, or ask whoever gave it to you.",
      refused: "",
    },
    viewersExactly: (count: number) => plural(count, { one: "# viewer", other: "# viewers" }),
    share: "Share",
    linkCopied: "The link is copied.",
    linkIs: (url: string) => `The link is ${name(url)}`,
    theater: "Theater mode",
    leaveTheater: "Leave theater mode",
    showChat: "Show the chat",
    hideChat: "Hide the chat",
    chatOnly: "Chat only",
    showVideo: "Show the video",
    notLoaded: "The chat could not be loaded. Reload the page to try again.",
  };
}
