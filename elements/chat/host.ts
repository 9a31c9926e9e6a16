import type { ReactiveControllerHost, TemplateResult, nothing } from "lit";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { Shown, Trouble } from "@chorus/sdk/client.ts";
import type { ToolWords, Words } from "../words/words.ts";
import type { BesidePicture } from "./beside-picture.ts";
import type { Model } from "./model.ts";
import type { PictureClock } from "./picture-clock.ts";

/** A piece of the chat that draws itself into the element's one shadow root. It reads the model; it never keeps a copy. */
export type Part = { render(): TemplateResult | typeof nothing };

/** What a text in the composer is meant to become. */
export type Purpose = { to: "say" } | { to: "reply"; message: Shown } | { to: "edit"; message: Shown };

/** What the element offers its parts. */
export type ChatHost = ReactiveControllerHost &
  HTMLElement & {
    readonly renderRoot: HTMLElement | DocumentFragment;
    /** Null until the element knows its room, and after it has left it. */
    readonly model: Model | null;
    /** Of the picture that the chat is beside, where there is one. */
    readonly clock: PictureClock | null | undefined;
    /** Null where everything is shown at once. */
    readonly beside: BesidePicture | null;
    readonly words: Words;
    /** The words of what is loaded late, and with that. @throws before any of it is there. */
    readonly tools: ToolWords;
    loadTools(): Promise<void>;
    /** What went wrong, in the chat's language once its words are there; until then as the server said it. */
    explain(trouble: Trouble): string;
    /** By the room's clock: this client's, corrected by what the server said last. Milliseconds since 1970. */
    now(): number;
    readonly staff: boolean;
    /** Null where one may write; otherwise why not, in words. */
    readonly closed: string | null;
    /** What stands in a row as the text of a message. */
    textOf(message: Pick<Shown, "text" | "mentions">, active: boolean): unknown;
    /** Before the next frame: the person did something. */
    repaint(): void;
    /** A sentence for a while, read out too; with a way back where there is one. */
    say(sentence: string, undo?: () => void): void;
    write(purpose: Purpose, text?: string): void;
    send(text: string, purpose: Purpose, mentions: readonly PersonId[]): void;
    moderate(act: Moderation, done: string, undo?: Moderation): void;
    jumpTo(message: EntryId): void;
    openCard(person: PersonId): void;
    readonly ignored: ReadonlySet<PersonId>;
    ignore(person: PersonId, yes: boolean): void;
    /** Reads from the server's API as this person. @param path from `/v1/` on. @throws where the network does. */
    ask(path: string): Promise<Response>;
  };
