import { nothing } from "lit";
import type { EmojiPicker, EmojiPickerEvents } from "./emoji-picker.ts";
import type { ChatHost } from "./host.ts";
import { createLateTool } from "./late-part.ts";

/** A picker whose code is loaded when it is first opened, as its emoji are: most people never open one. */
export function createLatePicker(host: ChatHost, events: EmojiPickerEvents): EmojiPicker {
  const late = createLateTool(host, async () => {
    const { createEmojiPicker, emojiPickerStyles } = await import("./emoji-picker.ts");
    return { part: createEmojiPicker(host, events), styles: emojiPickerStyles };
  });

  async function open(): Promise<void> {
    const picker = await late.load();
    if (picker === null) host.say(host.words.notLoaded);
    else if (host.isConnected) picker.toggle();
  }

  return {
    render: () => late.now?.render() ?? nothing,
    close: () => late.now?.close(),
    toggle: () => (late.now === null ? void open() : late.now.toggle()),
    get open() {
      return late.now?.open ?? false;
    },
  };
}
