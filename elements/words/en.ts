import type { ReasonCode } from "@chorus/protocol/entries.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { RoomMode, RoomState as RoomPhase } from "@chorus/protocol/room-settings.ts";
import type { RefusedRoomReason, RoomStateName } from "@chorus/sdk/client.ts";
import type { NoticeFacts } from "./facts.ts";
import type { Format } from "./format.ts";

export type EnglishWords = ReturnType<typeof englishWords>;

/** A sentence ends with a period; what names a thing or a button does not. */
export function englishWords(format: Format) {
  const { compact, duration, plural, name } = format;
  return {
    chat: "Chat",
    openSettings: "Chat settings",
    notLoaded: "This could not be loaded. Try again in a moment.",
    undo: "Undo",
    undone: "Undone.",
    connection: {
      connecting: "Connecting…",
      reconnecting: "Connection lost. Trying again…",
      reconnectingIn: (seconds: number) => `Connection lost. Trying again in ${duration(seconds)}.`,
      offline: "You are offline. What you write is sent when you are back.",
      closed: "You have left the chat.",
      tokenOver: "Your sign-in has run out. Open this page again.",
      version: "This page is older than its server. Reload it to go on.",
      unauthorised: "The server does not know you. Sign in again.",
      forbiddenOrigin: "This chat may not be shown on this site.",
      ended: "The server has ended the connection. Reload the page to try again.",
    },
    room: {
      joining: "Entering the chat…",
      "catching-up": "Catching up…",
      live: "Live",
      paused: "Sending is paused. What you write is kept and sent as soon as possible.",
      left: "You have left the chat.",
      refused: "You cannot enter this chat.",
    } satisfies Record<RoomStateName, string>,
    roomRefused: {
      banned: "A moderator banned you from this chat.",
      "no-such-room": "There is no chat here.",
      forbidden: "This chat is not open to you. Sign in, or ask its host for an invitation.",
      "too-many-rooms": "Too many chats are open at once. Close one of them, then come back.",
      archived: "This chat is closed for good.",
      malformed: "This chat cannot be opened. Reload the page to try again.",
      "connection-refused": "The server does not let you in at the moment. Try again later.",
    } satisfies Record<RefusedRoomReason, string>,
    phase: {
      scheduled: "The chat opens when the broadcast begins.",
      live: "Live",
      ended: "The broadcast has ended. You can still read the chat.",
      archived: "This chat is closed for good.",
    } satisfies Record<RoomPhase, string>,
    mode: {
      open: "Everybody may write.",
      moderated: "A moderator reads every message first.",
      "read-only": "Only staff may write for now.",
    } satisfies Record<RoomMode, string>,
    busy: "It is very busy: you see a selection of the messages.",
    remedy: { retry: "Try now", reload: "Reload", enter: "Enter again" },
    roles: {
      host: "Host",
      moderator: "Moderator",
      participant: "On stage",
      viewer: "Viewer",
      guest: "Guest",
    } satisfies Record<Role, string>,
    viewers: (count: number) => plural(count, { one: "# watching", other: "# watching" }, compact(count)),
    composer: {
      label: "Your message",
      placeholder: "Say something",
      placeholderAs: (person: string) => `Say something as ${name(person)}`,
      send: "Send",
      hint: "Enter sends, Shift + Enter begins a new line, / lists the commands.",
      emoji: "Emoji",
      slow: (seconds: number) => `Slow mode: one message every ${duration(seconds)}.`,
      wait: (seconds: number) => `You can write again in ${duration(seconds)}.`,
      left: (chars: number) => plural(chars, { one: "# character left", other: "# characters left" }),
      over: (chars: number) => plural(chars, { one: "# character too many", other: "# characters too many" }),
      replyingTo: (person: string) => `Replying to ${name(person)}`,
      cancelReply: "Cancel the reply",
      editing: "Editing your message",
      cancelEdit: "Keep it as it was",
      save: "Save",
      sendAsText: "Send it as a message",
      readOnly: "You may read here, not write.",
      suggestions: "Suggestions",
      suggestionsFound: (count: number) => plural(count, { one: "# suggestion", other: "# suggestions" }),
    },
    sending: {
      pending: "Sending…",
      waiting: "Waiting for the connection…",
      held: "A moderator reads it first. Only you see it until then.",
      refused: (sentence: string) => `Not sent. ${sentence}`,
      tryAgain: "Try again",
      change: "Change it",
      dismiss: "Dismiss",
    },

    list: {
      label: "Messages",
      empty: "Nobody has said anything yet. Be the first!",
      nothing: "Nobody has said anything yet.",
      newMessages: (count: number) => plural(count, { one: "# new message", other: "# new messages" }),
      mentions: (count: number) => plural(count, { one: "# mention of you", other: "# mentions of you" }),
      frozen: "The list stands still while you hold the key.",
      held: "The list stands still while you point at a message.",
      pause: "Pause",
      resume: "Resume",
      toLatest: "To the latest messages",
      earlier: "Earlier messages",
      loadingOlder: "Loading older messages…",
      olderFailed: "Older messages could not be loaded.",
      beginning: "This is where the chat begins.",
      missing: (count: number) =>
        plural(count, { one: "A message may be missing here.", other: "Up to # messages are missing here." }),
      fresh: "You were away for a while. The chat goes on here.",
    },
    message: {
      you: "you",
      edited: "edited",
      editedAt: (time: string) => `Edited ${time}`,
      mentionsYou: "Mentions you",
      shadow: "Seen by its author only",
      inReplyTo: (person: string) => `In reply to ${name(person)}`,
      quoteGone: "A message that is gone",
      toQuoted: "Go to the message",
      newTab: "Opens in a new tab",
      takenBack: "Taken back by its author.",
      removed: (why: ReasonCode | null) => `Removed by a moderator${because(why)}.`,
    },

    notice({ what, until, why }: NoticeFacts): string {
      const end = until === null ? "" : ` until ${until}`;
      switch (what) {
        case "muted":
          return `A moderator muted you here${end}${because(why)}.`;
        case "banned":
          return `A moderator banned you from this chat${end}${because(why)}.`;
        case "lifted":
          return "A moderator lifted your restriction. You can write again.";
        case "approved":
          return "Your message was approved.";
        case "rejected":
          return `A moderator decided against your message${because(why)}.`;
      }
    },
    pins: {
      title: "Pinned",
    },
    reactions: {
      bar: "Reactions",
      react: (emoji: string, count: string) => (count === "" ? `React with ${emoji}` : `${emoji} ${count}`),
      closed: "You cannot react at the moment.",
    },
    guest: {
      label: "Your name here",
      join: "Use this name",
      stay: (given: string) => `Stay ${name(given)}`,
    },
  };
}

export const reasons: Record<ReasonCode, string> = {
  spam: "Spam",
  harassment: "Harassment",
  hate: "Hate",
  sexual: "Sexual content",
  violence: "Violence",
  "self-harm": "Self-harm",
  "personal-data": "Personal data",
  spoiler: "Spoiler",
  "off-topic": "Off topic",
  other: "Other",
};

/** "Other" is no reason that anybody wants to read. */
export function because(why: ReasonCode | null): string {
  return why === null || why === "other" ? "" : ` (${reasons[why].toLowerCase()})`;
}
