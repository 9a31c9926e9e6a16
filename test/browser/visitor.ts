import * as bounds from "@chorus/sdk/bounds.ts";
import type { Browser, BrowserContextOptions, FrameLocator, Locator, Page } from "playwright-core";

/** Somebody before the chat of a room, and what they see of it. */
export type Visitor = {
  readonly page: Page;
  /** What a browser reports when markup or script gets where it must not: always to be empty. */
  readonly alarms: readonly string[];
  readonly chat: Locator;
  readonly log: Locator;
  readonly field: Locator;
  /** What the element calls `::part(name)`. */
  part(name: string): Locator;
  button(name: string | RegExp): Locator;
  says(text: string): Promise<void>;
  /** The rows with this text in them. */
  rows(text: string | RegExp): Locator;
  sees(text: string): Promise<void>;
  /** The texts that have a row now, from the oldest to the newest. */
  texts(): Promise<string[]>;
  isLive(): Promise<void>;
  /** What stands above the list where not all is well. */
  status(text: string | RegExp): Promise<void>;
  /** By itself, after an outage; how long that may take depends on how long the server was away. */
  comesBack(): Promise<void>;
  /** What is said for a moment after something was done. */
  notice(text: string | RegExp): Promise<void>;
  /** The message with this text has reached the room. */
  sent(text: string): Promise<void>;
  /** Opens the menu at a message. The buttons of a row come when it is pointed at. */
  opens(text: string): Promise<Locator>;
  /** Presses what stands in the menu at a message. */
  chooses(text: string, act: string): Promise<void>;
  /** Presses one of the buttons beside a message. */
  presses(text: string, act: string): Promise<void>;
};

export type Visit = {
  url: string;
  room: string;
  /** A guest's name, as remembered from an earlier visit; without it one is asked. */
  name?: string | null;
  token?: string;
  /** What stands behind the question mark, as `lang=ar`. */
  query?: string;
  context?: BrowserContextOptions;
  /** Before the page is opened. */
  prepare?: (page: Page) => Promise<unknown>;
};

/** Every wait of a test ends here at the latest. */
const waitMs = 10_000;

export async function visit(browser: Browser, wanted: Visit): Promise<Visitor> {
  const { url, room, name, token, query, context, prepare } = wanted;
  const page = await (await browser.newContext(context)).newPage();
  page.setDefaultTimeout(waitMs);
  const alarms = alarmsOf(page);
  if (typeof name === "string") {
    await page.addInitScript((known) => localStorage.setItem("chorus:name", known), name);
  }
  await prepare?.(page);
  const behind = `${query === undefined ? "" : `?${query}`}${token === undefined ? "" : `#token=${token}`}`;
  await page.goto(`${url}/rooms/${room}${behind}`);
  return visitorAt(page, alarms);
}

export function alarmsOf(page: Page): readonly string[] {
  const alarms: string[] = [];
  page.on("pageerror", (error) => alarms.push(String(error)));
  page.on("dialog", (dialog) => alarms.push(`dialog ${dialog.message()}`));
  page.on("console", (message) => {
    if (/security policy|trusted/i.test(message.text())) alarms.push(message.text());
  });
  return alarms;
}

/** @param root where the element is: the page, a frame or a part of it. */
export function visitorAt(
  page: Page,
  alarms: readonly string[],
  root: Page | FrameLocator | Locator = page,
): Visitor {
  const chat = root.locator("chorus-chat");
  const part = (name: string) => chat.locator(`[part~=${name}]`);
  const field = part("field");
  const rows = (text: string | RegExp) => part("message").filter({ hasText: text });

  async function says(text: string): Promise<void> {
    await field.fill(text);
    await field.press("Enter");
  }

  async function isLive(): Promise<void> {
    await chat.evaluate((element) => {
      function look(live: () => void): void {
        if (stateOf() === "live") return live();
        setTimeout(() => look(live), 20);
      }
      /** Whether the connection or the room is not there yet, the state of the room tells it. */
      function stateOf(): unknown {
        const { model } = element as HTMLElement & { model?: { room: { state: string } } | null };
        return model?.room.state;
      }
      return new Promise<void>((resolve) => look(resolve));
    });
    await field.waitFor();
  }

  async function opens(text: string): Promise<Locator> {
    await pressAt(rows(text), (row) => row.locator("[data-action=more]"));
    const menu = part("menu");
    await menu.waitFor();
    return menu;
  }

  async function chooses(text: string, act: string): Promise<void> {
    await (await opens(text)).getByRole("menuitem", { name: act, exact: true }).click();
  }

  async function presses(text: string, act: string): Promise<void> {
    await pressAt(rows(text), (row) => row.getByRole("button", { name: act, exact: true }));
  }

  return {
    page,
    alarms,
    chat,
    log: part("log"),
    field,
    part,
    button: (name) => chat.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }),
    says,
    rows,
    sees: (text) => rows(text).first().waitFor(),
    texts: () => part("message").locator("[part~=text]").allInnerTexts(),
    isLive,
    status: (text) => part("status").filter({ hasText: text }).waitFor(),
    comesBack: () => part("status").waitFor({ state: "hidden", timeout: bounds.backoffMaxMs + waitMs }),
    notice: (text) => part("notice").filter({ hasText: text }).waitFor(),
    sent: (text) => rows(text).and(chat.locator("[data-status=confirmed]")).first().waitFor(),
    opens,
    chooses,
    presses,
  };
}

/** Its buttons are there while a row is pointed at, and what others say meanwhile may move it away from the pointer. */
async function pressAt(row: Locator, buttonOf: (row: Locator) => Locator): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    await row.hover();
    const pressed = await buttonOf(row)
      .click({ timeout: 2_000 })
      .then(
        () => true,
        () => false,
      );
    if (pressed) return;
  }
  await buttonOf(row).click({ timeout: 1 });
}

/** A sentence as it is said: names in it stand in isolates (UAX 9) that nobody sees. */
export function sentence(words: string): RegExp {
  const parts = words.match(/[\p{L}\p{N}]+|\S/gu) ?? [];
  const escaped = parts.map((part) => part.replace(/[.?()]/, String.raw`\$&`));
  return new RegExp(escaped.join(String.raw`[\s\u2066-\u2069]*`), "u");
}
