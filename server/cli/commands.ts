/** A command returns its exit status: 0 done, 1 failed, 2 wrong words, 130 or 143 interrupted. */
export type Command = { summary: string; run(args: readonly string[]): Promise<number> };

/** Each is loaded when it is called: a gateway pays nothing for the tools beside it. */
export const commands: Readonly<Record<string, Command>> = {
  start: {
    summary: "Run Chorus on this machine.",
    run: async (args) => (await import("./start.ts")).start(args),
  },
  demo: {
    summary: "Show a living room: a server, a broadcast with a clock, and people who talk.",
    run: async (args) => (await import("./demo.ts")).demo(args),
  },
  room: {
    summary: "Make a room, or change its settings.",
    run: async (args) => (await import("./room.ts")).room(args),
  },
  token: {
    summary: "Mint a token: who somebody is, and what they may do in which rooms.",
    run: async (args) => (await import("./token.ts")).token(args),
  },
  replay: {
    summary: "Say a recorded chat again in a room, by its authors and at its pace.",
    run: async (args) => (await import("./replay.ts")).replay(args),
  },
  load: {
    summary: "Fill a room with viewers, and count what each of them receives.",
    run: async (args) => (await import("./load.ts")).load(args),
  },
  doctor: {
    summary: "Look for what would keep Chorus from running well here.",
    run: async (args) => (await import("./doctor.ts")).doctor(args),
  },
  backup: {
    summary: "Copy the log to a file, beside a running Chorus or without one.",
    run: async (args) => (await import("./backup.ts")).backup(args),
  },
  restore: {
    summary: "Put a backup in the place of a log that is gone.",
    run: async (args) => (await import("./restore.ts")).restore(args),
  },
  help: {
    summary: "List the commands, or explain one: chorus help COMMAND.",
    run: async (args) => (await import("./help.ts")).help(args),
  },
  role: {
    summary: "One process of a running Chorus; for the supervisor.",
    run: async (args) => (await import("./start.ts")).role(args),
  },
};

/** What is not a command, whatever else it may be, is null. */
export function commandNamed(name: string): Command | null {
  if (name === "--help" || name === "-h") return commandNamed("help");
  return Object.hasOwn(commands, name) ? (commands[name] ?? null) : null;
}
