import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** Somebody before the page, and what they see of it. */
export type Visitor = {
  readonly page: Page;
  /** What a browser reports when markup or script gets where it must not: always to be empty. */
  readonly alarms: readonly string[];
  says(text: string): Promise<void>;
  /** The rows with this text in them. */
  rows(text: string): Locator;
  sees(text: string): Promise<void>;
  status(text: string): Promise<void>;
  /** Presses a button of the menu at a message. */
  chooses(text: string, act: string): Promise<void>;
};

export type Visit = {
  url: string;
  room: string;
  /** A guest's name, as remembered from an earlier visit; null for one who is asked. */
  name?: string | null;
  token?: string;
  context?: BrowserContextOptions;
};

/** Every wait of a test ends here at the latest. */
const waitMs = 10_000;

export async function visit(browser: Browser, { url, room, name, token, context }: Visit): Promise<Visitor> {
  const page = await (await browser.newContext(context)).newPage();
  page.setDefaultTimeout(waitMs);
  const alarms: string[] = [];
  page.on("pageerror", (error) => alarms.push(String(error)));
  page.on("dialog", (dialog) => alarms.push(`dialog ${dialog.message()}`));
  page.on("console", (message) => {
    if (/security policy|trusted/i.test(message.text())) alarms.push(message.text());
  });
  if (typeof name === "string") {
    await page.addInitScript((known) => localStorage.setItem("chorus:name", known), name);
  }
  await page.goto(`${url}/?room=${room}${token === undefined ? "" : `#token=${token}`}`);
  return visitorAt(page, alarms);
}

function visitorAt(page: Page, alarms: readonly string[]): Visitor {
  const rows = (text: string) => page.locator("#messages > li", { hasText: text });

  async function says(text: string): Promise<void> {
    await page.fill("#text", text);
    await page.press("#text", "Enter");
  }

  async function status(text: string): Promise<void> {
    await page.locator("#status-text", { hasText: text }).waitFor();
  }

  async function chooses(text: string, act: string): Promise<void> {
    const row = rows(text);
    await row.hover();
    await row.locator("[data-act=menu]").click();
    await row.locator(".menu").getByRole("button", { name: act, exact: true }).click();
  }

  return { page, alarms, says, rows, sees: (text) => rows(text).waitFor(), status, chooses };
}
