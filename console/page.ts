import type { Shown } from "@chorus/sdk/client.ts";
import { tabStorage } from "@chorus/sdk/browser.ts";
import { isRoomName, readAddress } from "./address.ts";
import { createComposer, type Purpose } from "./composer.ts";
import { find, setText } from "./element.ts";
import { isOwn, type Viewer } from "./message-row.ts";
import { createMessageList } from "./message-list.ts";
import { createNameForm, rememberedName } from "./name-form.ts";
import { createNoticeLine } from "./notice-line.ts";
import { createPainter } from "./painter.ts";
import { isStaff, permissionIn } from "./permission.ts";
import { createPins } from "./pins.ts";
import { createReactionsBar } from "./reactions-bar.ts";
import { perform, report } from "./row-deeds.ts";
import type { RowAct } from "./row-menu.ts";
import { type Remedy, statusOf } from "./status.ts";
import { createStatusLine } from "./status-line.ts";
import { createTokenSource } from "./token-source.ts";
import { sanctionOf, settleGaps, visit, type Visit } from "./visit.ts";
import { viewersWords } from "./words.ts";

/**
 * The plain page of a room. Events only say that something changed; what is painted is read from where it stands, all of it at
 * once, so that no two parts of the page ever tell different stories.
 */
const address = readAddress(location.href);
if (address.clean !== location.href) history.replaceState(null, "", address.clean);
const source = createTokenSource(address.token, tabStorage(), () => Date.now());
const guest = source.token === null;

const title = find("#title", HTMLElement);
const viewers = find("#viewers", HTMLElement);
const empty = find("#empty", HTMLElement);
const painter = createPainter(paint);
const statusLine = createStatusLine(remedy);
const notice = createNoticeLine();
const pins = createPins();
const list = createMessageList(act, painter.now);
const composer = createComposer(send);
const reactions = createReactionsBar((emoji) => current?.room.react(emoji));
const nameForm = createNameForm(enter);
const dismissed = new Set<string>();
let tokenOver = false;
let current: Visit | null = null;

if (isRoomName(address.room)) enter(rememberedName());
else
  statusLine.show({
    tone: "bad",
    text: `“${address.room}” is not the name of a room.`,
    retryAt: null,
    remedy: null,
  });
window.addEventListener("hashchange", () => location.reload());
for (const change of ["online", "offline"]) window.addEventListener(change, painter.soon);

/** Also when a guest has another name now: the same guest, known by the tab's storage. */
function enter(name: string | null): void {
  const before = current;
  current = null;
  before?.chorus.close();
  const who = !guest ? { token: source.give } : name === null || name === "" ? {} : { name };
  current = visit({ url: location.origin, ...who }, address.room, {
    changed: painter.soon,
    trouble: (sentence) => notice.say(sentence),
    tokenOver() {
      tokenOver = true;
      painter.soon();
    },
  });
  painter.now();
}

function paint(): void {
  if (current === null) return;
  const { room, connection, you } = current;
  const now = Date.now();
  const permission = permissionIn(room, sanctionOf(current, "muted", now));
  const messages =
    dismissed.size === 0 ? room.messages : room.messages.filter((message) => !isDismissed(message));
  const viewer: Viewer = {
    you,
    staff: isStaff(room.grants),
    mayTalk: permission.may,
    pinned: new Set(room.pins.map(({ id }) => id)),
  };
  const ban = sanctionOf(current, "banned", now);
  const facts = { connection, room: room.state, reason: room.reason, ban, guest, tokenOver };
  statusLine.show(statusOf({ ...facts, online: navigator.onLine }));
  const name = room.settings?.title || room.id;
  setText(title, name);
  document.title = `${name} · Chorus`;
  setText(viewers, viewersIn(current));
  pins.show(room.pins);
  settleGaps(current);
  list.show(messages, current.gaps, viewer);
  empty.hidden = messages.length > 0 || room.position < 0;
  reactions.show(room.settings?.emoji ?? [], room.tally, mayReact(current));
  composer.show(permission);
  nameForm.show(guest, current.name ?? numberedName(messages, viewer), messages.some(isPending));
}

/** Nothing while the number is old, or while one has only just come in and nobody is counted yet. */
function viewersIn({ connection, room }: Visit): string {
  const count = connection.state === "live" ? (room.tally?.viewers ?? 0) : 0;
  return count === 0 ? "" : viewersWords(count);
}

function mayReact({ connection, room }: Visit): boolean {
  return (
    connection.state === "live" &&
    (room.state === "live" || room.state === "paused") &&
    room.grants.includes("react")
  );
}

/** A guest without a name learns their number from what they said. */
function numberedName(messages: readonly Shown[], viewer: Viewer): string | null {
  return messages.findLast((message) => isOwn(message, viewer) && message.name !== "")?.name ?? null;
}

function isPending({ status }: Shown): boolean {
  return status === "pending";
}

function isDismissed({ key }: Shown): boolean {
  return key !== null && dismissed.has(key);
}

function send(text: string, purpose: Purpose): void {
  if (current === null) return;
  const { room, you } = current;
  if (purpose.to === "edit") return report(notice, room.edit(purpose.id, text), "Your message is changed.");
  const answered = purpose.to === "reply" ? purpose.message : null;
  const mentions = answered === null || answered.by === null || answered.by === you ? [] : [answered.by];
  if (answered === null || answered.id === null) room.say(text);
  else room.say(text, { reply: answered.id, mentions });
  list.toEnd();
}

function act(asked: RowAct): void {
  if (current === null) return;
  const { room } = current;
  perform({ room, composer, notice, say: again, dismiss }, asked);
}

function again({ text, reply }: Shown): void {
  current?.room.say(text, reply === null ? {} : { reply: reply.id });
  list.toEnd();
}

function dismiss({ key }: Shown): void {
  if (key !== null) dismissed.add(key);
  painter.now();
}

function remedy(asked: Remedy): void {
  switch (asked) {
    case "retry":
      // The SDK listens to what browsers send when the network is back, and then waits no longer.
      window.dispatchEvent(new Event("online"));
      return;
    case "enter":
      return enter(rememberedName());
    case "as-guest":
      source.forget();
      location.reload();
      return;
    case "reload":
      location.reload();
  }
}
