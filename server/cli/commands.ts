import { role, start } from "./start.ts";

/** A command returns its exit status: 0 done, 1 failed, 2 wrong words. */
export type Command = { summary: string; run(args: readonly string[]): Promise<number> };

export const commands: Readonly<Record<string, Command>> = {
  start: { summary: "Run Chorus on this machine.", run: start },
  role: { summary: "One process of a running Chorus; for the supervisor.", run: role },
};
