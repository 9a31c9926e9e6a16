import { after, afterEach, beforeEach } from "node:test";
import type { Role } from "@chorus/protocol/people.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import type { Browser } from "playwright-core";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { everybodyLeaves } from "./crowd.ts";
import { openChromium } from "./chromium.ts";
import { visit, type Visit, type Visitor } from "./visitor.ts";

/** What the tests of a file share: one server, one browser. Each visitor has a context of their own, which ends with its test. */
export type Venue = {
  readonly server: ChorusServer;
  readonly browser: Browser;
  room(room: string, settings?: RoomSettingsPatch): Promise<void>;
  /** A guest, when they bring no token. */
  visit(visit: Omit<Visit, "url">): Promise<Visitor>;
  /** Somebody with a token: the id in it is the name in small letters. */
  member(room: string, name: string, role: Role, more?: Partial<Visit>): Promise<Visitor>;
};

/** @param flags are asked for before the server is started, with which it is. */
export function openVenue(flags: () => Promise<readonly string[]> = () => Promise.resolve([])): Venue {
  let opening: Promise<Open> | null = null;
  let opened: Open | null = null;
  /* Before a test and not before all: where none of a file is wanted, nothing is opened that would keep its process. */
  beforeEach(async () => {
    opening ??= open(flags);
    opened = await opening;
  });
  afterEach(async () => {
    everybodyLeaves();
    await Promise.all(
      now()
        .browser.contexts()
        .map((context) => context.close()),
    );
  });
  after(async () => {
    const last = await opening;
    await Promise.all([last?.browser.close(), last?.server.stop()]);
  });

  function now(): Open {
    if (opened === null) throw new Error("The venue opens with the first test.");
    return opened;
  }

  function come(wanted: Omit<Visit, "url">): Promise<Visitor> {
    return visit(now().browser, { url: now().server.url, ...wanted });
  }

  return {
    get server() {
      return now().server;
    },
    get browser() {
      return now().browser;
    },
    room: (room, settings = {}) => openRoom(now().server, room, settings),
    visit: come,
    async member(room, name, role, more) {
      return come({ room, token: await tokenFor({ name, role, room }), ...more });
    },
  };
}

type Open = { readonly server: ChorusServer; readonly browser: Browser };

/** If one of the two does not open, the other does not stay behind: it would keep the process. */
async function open(flags: () => Promise<readonly string[]>): Promise<Open> {
  const [server, browser] = await Promise.allSettled([flags().then(startServer), openChromium()]);
  if (server.status === "fulfilled" && browser.status === "fulfilled")
    return { server: server.value, browser: browser.value };
  if (server.status === "fulfilled") await server.value.stop();
  if (browser.status === "fulfilled") await browser.value.close();
  throw server.status === "rejected" ? server.reason : new Error("Chromium did not open.");
}
