import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import { find, setText } from "./element.ts";
import type { Ingest } from "./studio-broadcast.ts";
import { type CopyField, createCopyField } from "./studio-copy.ts";
import type { Asked, MadeKey } from "./studio-ingest.ts";

/** What an encoder is told: addresses and a key, each with a button that copies it. */
export type EncoderPanel = { show(ingest: Ingest): void };

export type EncoderOptions = {
  makeKey(): Promise<Asked<MadeKey>>;
  /** Before the key of now is ended. */
  mayReplace(): Promise<boolean>;
  said(sentence: string): void;
  refused(asked: Asked<MadeKey> & { ok: false }): void;
};

export function createEncoderPanel(words: StudioWords, options: EncoderOptions): EncoderPanel {
  const whip = place("#encoder-whip");
  const rtmp = place("#encoder-rtmp");
  const srt = place("#encoder-srt");
  const about = find("#key-about", HTMLElement);
  const make = find("#make-key", HTMLButtonElement);
  const { labels } = words;
  const fields = {
    whip: fieldIn(whip, labels.server, false),
    bearer: fieldIn(whip, labels.bearer, true),
    rtmp: fieldIn(rtmp, labels.server, false),
    streamKey: fieldIn(rtmp, labels.streamKey, true),
    srt: fieldIn(srt, labels.address, true),
  };
  let key: MadeKey | null = null;
  let madeAt: number | null = null;
  let latest: Ingest | null = null;

  make.addEventListener("click", () => void replaceKey());
  tellKey();

  function fieldIn(section: HTMLElement, name: string, secret: boolean): CopyField {
    const field = createCopyField(words, { name, secret, said: options.said });
    section.append(field.element);
    return field;
  }

  async function replaceKey(): Promise<void> {
    const known = latest?.keyMade ?? null;
    if (known !== null && !(await options.mayReplace())) return;
    make.disabled = true;
    const asked = await options.makeKey();
    make.disabled = false;
    make.focus();
    if (!asked.ok) return options.refused(asked);
    key = asked.value;
    madeAt = null;
    fields.bearer.set(key.key);
    fields.streamKey.set(key.streamKey ?? "");
    tellKey();
  }

  /** Another one may have made a newer key: then that of this page is worth nothing. */
  function forgetOutdated({ keyMade }: Ingest): void {
    if (key === null || keyMade === null) return;
    madeAt ??= keyMade;
    if (madeAt !== keyMade) key = null;
  }

  function tellKey(): void {
    const known = latest?.keyMade ?? null;
    fields.bearer.element.hidden = key === null;
    fields.streamKey.element.hidden = key === null || key.streamKey === null;
    setText(make, key === null && known === null ? words.labels.makeKey : words.rotate);
    if (key !== null) return setText(about, words.keyOnce);
    setText(about, known === null ? words.keyNone : words.keyMade(words.ago(known, latest?.now ?? known)));
  }

  return {
    show(ingest) {
      latest = ingest;
      forgetOutdated(ingest);
      fields.whip.set(ingest.whip);
      if (ingest.rtmp !== null) fields.rtmp.set(ingest.rtmp);
      if (ingest.srt !== null) fields.srt.set(ingest.srt.url);
      fields.rtmp.element.hidden = ingest.rtmp === null;
      fields.srt.element.hidden = ingest.srt === null;
      find("#no-rtmp", HTMLElement).hidden = ingest.rtmp !== null;
      find("#no-srt", HTMLElement).hidden = ingest.srt !== null;
      tellKey();
    },
  };
}

function place(selector: string): HTMLElement {
  return find(selector, HTMLElement);
}
