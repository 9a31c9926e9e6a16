import type { PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { Announcer } from "./announcer.ts";
import type { BesidePicture } from "./beside-picture.ts";
import type { Bursts } from "./bursts.ts";
import type { ChatHost, Part } from "./host.ts";
import { createLate, type Late } from "./late.ts";
import { createLatePart } from "./late-part.ts";
import type { Preferences } from "./preferences.ts";
import type { SettingsOptions, SettingsPanel } from "./settings-panel.ts";

/** What most people never see, or not at once. Each is loaded when it is first wanted. */
export type LateParts = {
  readonly staffLog: Part;
  readonly card: Part & { open(person: PersonId | null): void };
  readonly settings: Part & { readonly isOpen: boolean; toggle(): Promise<void> };
  readonly announcer: Part & Late<Announcer>;
  readonly bursts: Part & Late<Bursts>;
  /** Null where the chat is beside no picture, where its person does not want to wait, and until it is loaded. */
  readonly beside: () => BesidePicture | null;
};

export type LatePartsOptions = Pick<SettingsOptions, "preferences" | "guest" | "rename"> & {
  chosen(next: Preferences): void;
  /** Somebody else's words have come into sight. */
  seen(message: Shown): void;
};

export function createLateParts(host: ChatHost, options: LatePartsOptions): LateParts {
  const speaks = (): boolean => options.preferences().announce !== "off";
  return {
    staffLog: createLatePart(
      host,
      () => host.staff,
      async () => {
        const { createStaffLog, staffLogStyles } = await import("./staff-log.ts");
        return { part: createStaffLog(host), styles: staffLogStyles };
      },
    ),
    card: cardOf(host),
    announcer: createLatePart(host, speaks, async () => {
      const { announcerStyles, createAnnouncer } = await import("./announcer.ts");
      return { part: createAnnouncer(host, () => options.preferences().announce), styles: announcerStyles };
    }),
    settings: settingsOf(host, options),
    beside: besideOf(host, options),
    bursts: createLatePart(
      host,
      () => false,
      async () => {
        const { burstsStyles, createBursts } = await import("./bursts.ts");
        return { part: createBursts(host, () => options.preferences().motion), styles: burstsStyles };
      },
    ),
  };
}

function besideOf(host: ChatHost, { preferences, seen }: LatePartsOptions): LateParts["beside"] {
  const late = createLate(
    async () => (await import("./beside-picture.ts")).createBesidePicture(host, seen),
    () => host.repaint(),
  );
  return () => {
    if (!host.clock || !preferences().align) return null;
    void late.load();
    return late.now;
  };
}

function cardOf(host: ChatHost): LateParts["card"] {
  let shown: PersonId | null = null;
  const open = (person: PersonId | null): void => {
    shown = person;
    host.repaint();
  };
  const card = createLatePart(
    host,
    () => shown !== null,
    async () => {
      const { createUserCard, userCardStyles } = await import("./user-card.ts");
      const part = createUserCard(host, { person: () => shown, close: () => open(null) });
      return { part, styles: userCardStyles };
    },
  );
  return { render: card.render, open };
}

function settingsOf(host: ChatHost, { chosen, ...options }: LatePartsOptions): LateParts["settings"] {
  const late = createLatePart<SettingsPanel>(
    host,
    () => false,
    async () => {
      const { createSettingsPanel, settingsPanelStyles } = await import("./settings-panel.ts");
      const part = createSettingsPanel(host, { ...options, changed: chosen });
      return { part, styles: settingsPanelStyles };
    },
  );
  return {
    render: late.render,
    get isOpen() {
      return late.now?.isOpen === true;
    },
    async toggle() {
      const panel = await late.load();
      if (panel === null) host.say(host.words.notLoaded);
      else if (panel.isOpen) panel.close();
      else panel.open();
    },
  };
}
