import type { ReasonCode, SanctionKind } from "@chorus/protocol/entries.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { FailureReason } from "@chorus/sdk/client.ts";
import type { CommandName, Mistake, Taken } from "../chat/composer-commands.ts";
import type { EmojiGroupName } from "../emoji/emoji-set.ts";
import { because, reasons } from "./en.ts";
import type { ActFacts, Digest, SanctionFacts } from "./facts.ts";
import type { Format } from "./format.ts";

const takes: Record<Taken, string> = {
  person: "@name",
  "duration?": "[10m]",
  "why?": "[reason]",
  "seconds-or-off": "seconds or off",
  mode: "open, moderated or read-only",
};

export type EnglishTools = ReturnType<typeof englishTools>;

/** The words for staff, and for what opens beside the list. */
export function englishTools({ number, duration, list, plural, name }: Format) {
  const quoted = (text: string | null) => (text === null || text === "" ? "" : ` “${name(text)}”`);

  return {
    actions: {
      actionsFor: (person: string) => `Actions for the message of ${name(person)}`,
      ownActions: "Actions for your message",
      more: "More",
      reply: "Reply",
      copy: "Copy the text",
      copied: "Copied.",
      notCopied: "The text could not be copied.",
      edit: "Edit",
      takeBack: "Take back",
      tookBack: "Taken back.",
      ignore: (person: string) => `Ignore ${name(person)}`,
      stopIgnoring: (person: string) => `Stop ignoring ${name(person)}`,
      nowIgnored: (person: string) => `You no longer see what ${name(person)} writes.`,
      noLongerIgnored: (person: string) => `You see again what ${name(person)} writes.`,
    },
    moderation: {
      delete: "Delete",
      restore: "Restore",
      approve: "Approve",
      reject: "Reject",
      pin: "Pin",
      unpin: "Unpin",
      slowOff: "Slow mode is off.",
      timeout: "Timeout",
      timeoutFor: (seconds: number) => `Timeout for ${duration(seconds)}`,
      mute: "Mute",
      ban: "Ban",
      shadow: "Show to nobody else",
      lift: {
        mute: "Unmute",
        timeout: "End the timeout",
        ban: "Unban",
        shadow: "Show to everybody again",
      } satisfies Record<SanctionKind, string>,
      untilLifted: "Until it is lifted",
      purge: "Delete their messages too",
      reason: "Reason",
      reasons,
      ownWords: "Note for other staff",
      confirmBan: (person: string) => `Ban ${name(person)} from this chat?`,
      confirm: "Confirm",
      cancel: "Cancel",
      deleted: (count: number) => plural(count, { one: "Message deleted.", other: "# messages deleted." }),
      restored: "Message restored.",
      approved: "Message approved.",
      rejected: "Message rejected.",
      pinned: "Message pinned.",
      unpinned: "Message unpinned.",
      timedOut: (person: string, seconds: number) => `${name(person)} cannot write for ${duration(seconds)}.`,
      banned: (person: string) => `${name(person)} is banned from this chat.`,
      lifted: (person: string) => `The restriction of ${name(person)} is lifted.`,
      reasonIs: (why: ReasonCode) => `Reason: ${reasons[why]}`,
      waiting: (count: number) =>
        plural(count, { one: "# message waits for a decision", other: "# messages wait for a decision" }),
      freezeHint: (key: string) => `Hold ${key} to make the list stand still.`,
    },
    card: {
      title: (person: string) => `About ${name(person)}`,
      firstSeen: (ago: string) => `First seen ${ago}`,
      messages: (count: number) =>
        plural(count, { one: "# message since you came", other: "# messages since you came" }),
      noMessages: "No messages since you came",
      earlier: "Earlier actions",
      noEarlier: "No earlier actions",
      sanctioned: {
        mute: "Muted",
        timeout: "In timeout",
        ban: "Banned",
        shadow: "Seen by nobody else",
      } satisfies Record<SanctionKind, string>,
      until: (time: string) => `until ${time}`,
      mention: "Mention",
      close: "Close",
    },
    log: {
      title: "Staff log",
      empty: "Staff have not had to do anything yet.",
      sanction({ by, what, whom, seconds, why, text }: SanctionFacts): string {
        const did = { mute: "muted", timeout: "timed out", ban: "banned", shadow: "shadow-banned" }[what];
        const long = seconds === null ? "" : ` for ${duration(seconds)}`;
        return `${name(by)} ${did} ${name(whom)}${long}${because(why)}.${quoted(text)}`;
      },
      lifted(by: string, what: SanctionKind, whom: string): string {
        const did = { mute: "mute", timeout: "timeout", ban: "ban", shadow: "shadow ban" }[what];
        return `${name(by)} lifted the ${did} of ${name(whom)}.`;
      },
      act({ by, act, count, whom, why, text }: ActFacts): string {
        const did = {
          retract: "deleted",
          restore: "restored",
          approve: "approved",
          reject: "rejected",
          pin: "pinned",
          unpin: "unpinned",
          settings: "changed the settings",
        }[act];
        const what = act === "settings" ? "" : ` ${plural(count, { one: "a message", other: "# messages" })}`;
        const whose = whom === null || act === "settings" ? "" : ` of ${name(whom)}`;
        return `${name(by)} ${did}${what}${whose}${because(why)}.${quoted(text)}`;
      },
      held: (person: string) => `A message of ${name(person)} waits for a decision.`,
      somebody: "somebody",
    },
    commands: {
      title: "Commands",
      takes,
      help: {
        help: "Lists the commands",
        ignore: "Hides what somebody writes, for you alone",
        unignore: "Shows again what somebody writes",
        timeout: "Mutes somebody for a while",
        ban: "Bans somebody from this chat",
        unban: "Lets somebody in again",
        slow: "Sets the pause between two messages of a person",
        mode: "Says who may write",
      } satisfies Record<CommandName, string>,
      mistake(mistake: Mistake): string {
        switch (mistake.m) {
          case "unknown-command":
            return mistake.like === null
              ? `There is no command /${name(mistake.word)}. Type /help for a list.`
              : `There is no command /${name(mistake.word)}. Did you mean /${mistake.like}?`;
          case "staff-only":
            return `Only staff can use /${mistake.command}.`;
          case "missing":
            return `/${mistake.command} needs more: ${takes[mistake.what]}.`;
          case "too-much":
            return `/${mistake.command} does not take “${name(mistake.words)}”.`;
          case "nobody":
            return `Nobody called ${name(mistake.name)} has spoken lately.`;
          case "several":
            return `Several people are called ${name(mistake.name)}. Use the menu at one of their messages.`;
          case "duration":
            return `“${name(mistake.word)}” is not a duration. Write 30s, 10m, 2h or 7d, up to ${duration(mistake.secondsMax)}.`;
          case "slow":
            return `“${name(mistake.word)}” is not a pause. Write seconds, up to ${number(mistake.secondsMax)}, or off.`;
          case "mode":
            return `“${name(mistake.word)}” is not a mode. Write open, moderated or read-only.`;
          case "why-too-long":
            return `The note is too long: at most ${number(mistake.charsMax)} characters.`;
        }
      },
    },
    picker: {
      title: "Choose an emoji",
      search: "Search emoji",
      none: "No emoji found",
      found: (count: number) => plural(count, { one: "# emoji found", other: "# emoji found" }),
      recent: "Used lately",
      loading: "Loading emoji…",
      failed: "The emoji could not be loaded.",
      tone: "Skin tone",
      tones: ["No tone", "Light", "Medium-light", "Medium", "Medium-dark", "Dark"],
      groups: {
        "smileys-emotion": "Smileys and emotion",
        "people-body": "People and body",
        "animals-nature": "Animals and nature",
        "food-drink": "Food and drink",
        "travel-places": "Travel and places",
        activities: "Activities",
        objects: "Objects",
        symbols: "Symbols",
        flags: "Flags",
      } satisfies Record<EmojiGroupName, string>,
    },
    settings: {
      title: "Chat settings",
      theme: "Theme",
      themes: { system: "Like the system", dark: "Dark", light: "Light" },
      textSize: "Text size",
      textSizes: { small: "Small", normal: "Normal", large: "Large", larger: "Very large" },
      focus: "Focus mode",
      focusHint: "Messages and composer only",
      timestamps: "Show times",
      align: "Show chat with the picture",
      alignHint: "Messages wait until you see what they are about",
      motion: "Show animations",
      motionReduced: "Your system asks for less motion.",
      announcements: "Read aloud",
      announcementsHint: "For screen readers",
      announcementModes: {
        off: "Off",
        mentions: "Mentions and staff",
        digest: (seconds: number) => `A summary every ${duration(seconds)}`,
        all: "Every message",
      },
      ignored: "People you ignore",
      nobodyIgnored: "You ignore nobody.",
      showAgain: "Show again",
      notHere: "Somebody who has not written since you came",
      failed: "The settings could not be opened.",
      close: "Close",
    },
    refusals: {
      "try-later": "The chat cannot store messages right now. Yours is kept and sent again shortly.",
      busy: "The chat is very busy. Your message is kept and sent again shortly.",
      "not-joined": "You are not in this chat yet. Reload the page and try again.",
      "no-such-room": "This chat does not exist any more.",
      "not-open": "The chat has not opened yet. You can write as soon as the broadcast begins.",
      ended: "The broadcast has ended, so the chat takes no more messages.",
      forbidden: "Your role does not allow this here.",
      "read-only": "Only staff may write for now.",
      muted: "A moderator muted you, so you cannot write at the moment.",
      banned: "A moderator banned you from this chat.",
      pace: "That was quick! Wait a moment, then send it again.",
      slow: "Slow mode is on. Your turn comes when the countdown is over.",
      duplicate: "You have just said the same. Say it in other words.",
      empty: "There is nothing to send yet.",
      "too-long": "This is too long. Shorten it, or send it in two parts.",
      "name-like-staff": "Your name looks like that of a moderator. Choose another one to write.",
      "stale-retry": "This is from too long ago to be repeated safely. Send it as a new message.",
      unknown: "This message is gone, or too old to be changed.",
      "not-yours": "Only its author can do this.",
      "too-late": "A message can be changed for a few minutes only, and they are over.",
      unchanged: "It is like this already.",
      outranked: "You cannot do this to somebody with your role or a higher one.",
      emoji: "This chat does not have that reaction.",
      limit: "There is no room for more of these here. Take one away first.",
      rate: "Too much at once. Wait a moment, then try again.",
      malformed: "The server did not understand this. Reload the page and try again.",
      "too-many-rooms": "Too many chats are open at once. Close one of them, then try again.",
    } satisfies Record<RefusalReason, string>,
    failures: {
      expired: "There was no answer for five minutes. It may not have been sent.",
      "too-many-pending": "Too many messages are waiting to be sent. Try again when they are gone.",
      left: "You left before this was answered.",
      closed: "The connection ended before this was answered.",
      "connection-refused": "The server does not let you in at the moment. Try again later.",
    } satisfies Record<FailureReason, string>,
    announce: {
      digest({ messages: all, mentions, staff }: Digest): string {
        const parts = [
          all === 0 ? "" : plural(all, { one: "# new message", other: "# new messages" }),
          mentions === 0 ? "" : plural(mentions, { one: "# mention of you", other: "# mentions of you" }),
          staff === 0 ? "" : plural(staff, { one: "# from staff", other: "# from staff" }),
        ].filter((part) => part !== "");
        return parts.length === 0 ? "" : `${list(parts)}.`;
      },
      message: (person: string, text: string) => `${name(person)}: ${name(text)}`,
      mention: (person: string, text: string) => `${name(person)} mentions you: ${name(text)}`,
      staffMessage: (role: string, person: string, text: string) => `${role} ${name(person)}: ${name(text)}`,
    },
  };
}
