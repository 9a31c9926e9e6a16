import { stand } from "@chorus/core/delivery/cursor.ts";
import { floorOf, headOf, type Ring } from "@chorus/core/delivery/ring.ts";
import { type Audience, audiences } from "@chorus/core/record.ts";
import { type Seq, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { noBytes } from "../bus/bus.ts";
import type { ViewHead } from "../keeper/record.ts";
import { type GatewayMessage, toKeeper } from "../messages.ts";
import { deflated } from "./deflate.ts";
import { sendPersonal, sendSlice } from "./fan-out.ts";
import type { Feed, FeedAudience, Gateway, Member } from "./state.ts";
import { frameOf, viewFrame } from "./wire.ts";

/**
 * Views are made by the keeper and kept here, one an audience, for all who join: the view and what the ring has
 * since. One request is under way at a time, however many wait for it.
 */
type Gap = FeedAudience["viewWaiters"][number]["gap"];

const askAgainMs = 1_000;

export function askView(gateway: Gateway, member: Member, gap: Gap): void {
  const { feed, audience: name } = member;
  const audience = feed.audiences[name];
  if (feed.ring !== null && isFresh(gateway, audience, feed.ring, name))
    return sendView(gateway, member, feed.ring, gap);
  audience.viewWaiters.push({ member, gap });
  request(gateway, feed, name);
}

export function acceptView(gateway: Gateway, head: ViewHead, entries: Uint8Array): void {
  const feed = gateway.feeds.get(head.room);
  const ring = feed?.ring ?? null;
  if (feed === undefined || ring === null || head.epoch !== ring.epoch) return;
  const audience = feed.audiences[head.audience];
  audience.viewAskedAt = null;
  const viewSeq = head.audience === "public" ? head.publicSeq : head.staffSeq;
  if (audience.view === null || audience.view.offset <= head.offset) {
    audience.view = {
      at: gateway.clock.now(),
      offset: head.offset,
      seq: viewSeq,
      frame: viewFrame(head, viewSeq, entries),
      deflated: null,
      shadowed: head.shadowed,
    };
  }
  if (!isFresh(gateway, audience, ring, head.audience)) {
    if (audience.viewWaiters.length > 0) request(gateway, feed, head.audience);
    return;
  }
  for (const { member, gap } of audience.viewWaiters.splice(0)) {
    if (member.session.members.get(feed.room) === member) sendView(gateway, member, ring, gap);
  }
}

/** Called every second: a request or its answer may have been lost. */
export function askAgain(gateway: Gateway, feed: Feed): void {
  for (const name of audiences) {
    const audience = feed.audiences[name];
    audience.viewWaiters = audience.viewWaiters.filter(
      ({ member }) => member.session.members.get(feed.room) === member,
    );
    if (audience.viewWaiters.length > 0 && feed.phase === "live") request(gateway, feed, name);
  }
}

function request(gateway: Gateway, feed: Feed, audience: Audience): void {
  const state = feed.audiences[audience];
  const now = gateway.clock.now();
  if (state.viewAskedAt !== null && now - state.viewAskedAt < askAgainMs) return;
  state.viewAskedAt = now;
  const head: GatewayMessage = { m: "view", gateway: gateway.id, room: feed.room, audience };
  gateway.bus.publish(toKeeper, { head, body: noBytes });
}

/** Not too far behind, nor so old that the room may have forgotten by age what it shows. */
function isFresh({ clock }: Gateway, audience: FeedAudience, ring: Ring, name: Audience): boolean {
  const { view, viewsFrom } = audience;
  if (view === null || view.offset < viewsFrom || view.seq < floorOf(ring, name)) return false;
  if (clock.now() - view.at > limits.viewStaleMs) return false;
  return headOf(ring, name) - view.seq <= limits.viewStaleEntries;
}

/** Deflated once, as soon as there are readers enough: the first who come to a room get the same view as text. */
function deflatedView(
  gateway: Gateway,
  view: NonNullable<FeedAudience["view"]>,
  { deflating }: FeedAudience,
): Buffer {
  if (view.deflated !== null) return view.deflated;
  const form = deflated(view.frame, deflating, gateway.deflateReadersMin);
  if (form !== view.frame) view.deflated = form;
  return form;
}

function sendView(gateway: Gateway, member: Member, ring: Ring, gap: Gap): void {
  const { feed, cursor, session, audience: name } = member;
  const { view } = feed.audiences[name];
  if (view === null) return;
  if (gap !== null) {
    gateway.observe.gap?.(gap.reason);
    const to: Seq = gap.reason === "epoch" ? seq(0) : view.seq;
    session.connection.send(frameOf({ t: "gap", room: feed.room, from: gap.from, to, reason: gap.reason }));
  }
  session.connection.send(session.deflates ? deflatedView(gateway, view, feed.audiences[name]) : view.frame);
  stand(cursor, view.seq);
  member.phase = "live";
  const own = view.shadowed.filter(({ by }) => by === session.person?.id);
  if (own.length > 0) session.connection.send(frameOf({ t: "person", room: feed.room, e: own }));
  sendPersonal(member, ring);
  sendSlice(member, ring, Infinity);
  cursor.seen = cursor.sent;
  if (feed.tally !== null) session.connection.send(frameOf(feed.tally));
}
