import { nothing } from "lit";
import type { EmojiPicker, EmojiPickerEvents } from "./emoji-picker.ts";
import type { ChatHost } from "./host.ts";

/** A picker whose code is loaded when it is first opened, as its emoji are: most people never open one. */
export function createLatePicker(host: ChatHost, events: EmojiPickerEvents): EmojiPicker {
  let picker: EmojiPicker | null = null;
  let loading = false;

  async function load(): Promise<void> {
    if (loading) return;
    loading = true;
    try {
      const { createEmojiPicker } = await import("./emoji-picker.ts");
      picker = createEmojiPicker(host, events);
      if (host.isConnected) picker.toggle();
    } catch {
      host.say(host.words.picker.failed);
    }
    loading = false;
  }

  return {
    render: () => picker?.render() ?? nothing,
    close: () => picker?.close(),
    toggle: () => (picker === null ? void load() : picker.toggle()),
    get open() {
      return picker?.open ?? false;
    },
  };
}
