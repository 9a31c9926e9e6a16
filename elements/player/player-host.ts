import type { PlayerWords } from "../words/player-words.ts";
import type { Badge } from "./badge.ts";
import type { Choice } from "./play.ts";
import type { Order } from "./keyboard.ts";
import type { SessionView } from "./session-view.ts";

/** What the element offers the pieces that draw it. */
export type PlayerHost = {
  readonly words: PlayerWords;
  readonly video: HTMLVideoElement;
  readonly choice: Choice;
  repaint(): void;
  obey(order: Order): void;
  seek(wall: number): void;
  prefer(choice: Choice): void;
  setVolume(volume: number): void;
  togglePictureInPicture(): void;
  /** Something was touched: what hides by itself stays for a while. */
  stirred(): void;
};

/** What is drawn, at one moment. */
export type Scene = {
  readonly view: SessionView;
  readonly badge: Badge | null;
  /** Of the recording: from where to where one can go, and where one is. Unix ms by the server's clock. */
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly wall: number | null;
};
