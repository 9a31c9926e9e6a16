import { type Chorus, type ChorusRoom, connect } from "@chorus/sdk/client.ts";
import type { Author, Cue } from "./schedule.ts";
import type { ReplayCount } from "./replay-count.ts";
import { socketTransport } from "./socket-transport.ts";

/** Who speaks in a replay: each author with a connection of their own, while they have something to say. */
export type Cast = {
  /** Connects an author who is about to speak, if there is room. */
  awaken(author: Author): void;
  say(cue: Cue): void;
  /** Closes the connections of those who have been silent and stay so. */
  sweep(nowMs: number): void;
  /** Settles when everything that was said has its answer. */
  settled(): Promise<void>;
  /** Says nothing more; what has no answer yet may still get one. */
  hush(): void;
  close(): void;
  readonly connections: number;
  /** How many have said something. */
  readonly authors: number;
};

export type CastOptions = {
  url: string;
  room: string;
  token(sub: string, name: string): Promise<string>;
  connectionsMax: number;
  count: ReplayCount;
};

/** `said` counts lines, and so points at the time of the next one. */
type Speaker = {
  readonly author: Author;
  said: number;
  line: { chorus: Chorus; room: ChorusRoom; release(): void } | null;
  readonly waiting: string[];
  unanswered: number;
};

/** Beyond this the next line waits here: the SDK takes a hundred and refuses more. */
const unansweredMax = 50;
const connectingMax = 32;
const silentMs = 5_000;

export function createCast(options: CastOptions): Cast {
  const { count } = options;
  /** In the order of use, least recent first. */
  const open = new Set<Speaker>();
  const urgent = new Set<Speaker>();
  const early = new Set<Speaker>();
  const speakers = new Map<Author, Speaker>();
  const watchers: (() => void)[] = [];
  let connecting = 0;

  return {
    awaken(author) {
      const speaker = speakerOf(author);
      if (speaker.line !== null || urgent.has(speaker)) return;
      early.add(speaker);
      admit();
    },
    say({ author, text }) {
      const speaker = speakerOf(author);
      speaker.said += 1;
      speaker.waiting.push(text);
      if (speaker.line !== null) return speak(speaker);
      early.delete(speaker);
      urgent.add(speaker);
      admit();
    },
    sweep(nowMs) {
      for (const speaker of open) {
        const { said } = speaker;
        const { dueMs } = speaker.author;
        const next = dueMs[said] ?? Infinity;
        const last = dueMs[said - 1] ?? nowMs;
        if (isIdle(speaker) && next > nowMs + silentMs && last < nowMs - silentMs) close(speaker);
      }
      admit();
    },
    settled() {
      return new Promise((resolve) => {
        watchers.push(resolve);
        tell();
      });
    },
    hush() {
      for (const speaker of [...open, ...urgent]) speaker.waiting.length = 0;
      urgent.clear();
      early.clear();
      tell();
    },
    close() {
      for (const speaker of open) close(speaker);
    },
    get connections() {
      return open.size;
    },
    get authors() {
      return [...speakers.values()].filter(({ said }) => said > 0).length;
    },
  };

  function speakerOf(author: Author): Speaker {
    const known = speakers.get(author);
    if (known !== undefined) return known;
    const speaker: Speaker = { author, said: 0, line: null, waiting: [], unanswered: 0 };
    speakers.set(author, speaker);
    return speaker;
  }

  function admit(): void {
    while (connecting < connectingMax && (open.size < options.connectionsMax || makeRoom())) {
      const [speaker] = urgent.size > 0 ? urgent : early;
      if (speaker === undefined) return;
      urgent.delete(speaker);
      early.delete(speaker);
      connectSpeaker(speaker);
      speak(speaker);
    }
  }

  /** Only somebody who has something to say takes the place of another. */
  function makeRoom(): boolean {
    if (urgent.size === 0) return false;
    for (const speaker of open) {
      if (!isIdle(speaker)) continue;
      close(speaker);
      return true;
    }
    return false;
  }

  function connectSpeaker(speaker: Speaker): void {
    const { sub, name } = speaker.author;
    let held = true;
    connecting += 1;
    function release(): void {
      if (held) connecting -= 1;
      held = false;
    }
    function arrived(): void {
      release();
      admit();
    }
    const { url, token } = options;
    const chorus = connect({
      url,
      token: () => token(sub, name),
      storage: null,
      transport: socketTransport,
      messagesMax: 100,
      idsMax: 1_000,
    });
    const room = chorus.join(options.room);
    chorus.on("state", ({ state }) => {
      if (state === "reconnecting" || state === "refused") arrived();
    });
    room.on("state", ({ state }) => {
      if (state !== "joining" && state !== "left") arrived();
    });
    speaker.line = { chorus, room, release };
    open.add(speaker);
  }

  function speak(speaker: Speaker): void {
    const { line, waiting } = speaker;
    if (line === null) return;
    open.delete(speaker);
    open.add(speaker);
    while (speaker.unanswered < unansweredMax) {
      const text = waiting.shift();
      if (text === undefined) return;
      const at = performance.now();
      speaker.unanswered += 1;
      count.sent();
      void line.room.say(text).done.then((outcome) => {
        speaker.unanswered -= 1;
        count.settled(outcome, performance.now() - at);
        speak(speaker);
        admit();
        tell();
      });
    }
  }

  function close(speaker: Speaker): void {
    const { line } = speaker;
    if (line === null) return;
    open.delete(speaker);
    speaker.line = null;
    line.release();
    line.chorus.close();
  }

  function tell(): void {
    if (watchers.length === 0 || count.pending > 0 || urgent.size > 0) return;
    for (const speaker of open) if (speaker.waiting.length > 0) return;
    for (const watcher of watchers.splice(0)) watcher();
  }
}

function isIdle({ unanswered, waiting }: Speaker): boolean {
  return unanswered === 0 && waiting.length === 0;
}
