import { createConnection } from "node:net";
import { resolve } from "node:path";
import { busPath } from "../roles/paths.ts";
import type { FlagTable } from "./arguments.ts";

export const dataFlag = {
  data: {
    kind: "value",
    hint: "DIR",
    about: "The data directory of `chorus start`. Default: $CHORUS_DATA, else data.",
  },
} as const satisfies FlagTable;

export function dataDirOf(given: string | null): string {
  return resolve(given ?? (process.env["CHORUS_DATA"] || "data"));
}

/** Whether a Chorus of several processes runs on this data: its bus answers. One with --single has none. */
export function isRunningOn(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(busPath({ dataDir }), () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}
