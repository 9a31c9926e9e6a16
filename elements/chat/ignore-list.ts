import type { PersonId } from "@chorus/protocol/ids.ts";
import { type KeyValueStorage, store, stored } from "@chorus/sdk/browser.ts";
import { personId } from "@chorus/sdk/client.ts";

/** Whom this person does not want to read, on this machine and for this server. */
export type IgnoreList = {
  /** The same set until somebody comes or goes. */
  all(): ReadonlySet<PersonId>;
  set(person: PersonId, yes: boolean): void;
};

export const ignoredMax = 500;
const idShape = /^[!-~]{1,128}$/u;

/**
 * Of more than `ignoredMax` the longest ignored are read again.
 *
 * @param storage null keeps the list for this visit only. It is read once, and again before each change: other tabs write
 *   there too.
 * @param server where people have these ids.
 */
export function createIgnoreList(storage: KeyValueStorage | null, server: () => string): IgnoreList {
  const lists = new Map<string, ReadonlySet<PersonId>>();
  /** What a full or forbidden storage does not take holds for this visit. */
  const unkept = new Set<string>();

  function all(): ReadonlySet<PersonId> {
    const at = server();
    const known = lists.get(at);
    if (known !== undefined) return known;
    const read = readFrom(at);
    lists.set(at, read);
    return read;
  }

  function readFrom(at: string): ReadonlySet<PersonId> {
    const here = lists.get(at) ?? new Set();
    return storage === null || unkept.has(at) ? here : idsIn(stored(storage, keyOf(at)));
  }

  return {
    all,
    set(person, yes) {
      const at = server();
      const ids = [...readFrom(at)].filter((id) => id !== person);
      if (yes) ids.push(person);
      const kept = ids.slice(-ignoredMax);
      lists.set(at, new Set(kept));
      if (storage === null) return;
      store(storage, keyOf(at), kept.length === 0 ? null : kept);
      if (idsIn(stored(storage, keyOf(at))).size === kept.length) unkept.delete(at);
      else unkept.add(at);
    },
  };
}

function keyOf(server: string): string {
  return `chorus-ignored:${server}`;
}

/** Whatever else stands there, by another version or another hand, is as if it were not there. */
function idsIn(value: unknown): ReadonlySet<PersonId> {
  if (!Array.isArray(value)) return new Set();
  const ids = value.filter((id): id is string => typeof id === "string" && idShape.test(id));
  return new Set(ids.slice(-ignoredMax).map(personId));
}
