import { find } from "./element.ts";
import type { RoomMedia } from "./studio-broadcast.ts";

/** How the room takes broadcasts: each choice is kept at once, and set back where it was refused. */
export type SettingsPanel = { show(settings: RoomMedia): void };

const graceChoices = [0, 10, 30, 60, 120, 300, 600] as const;

export function createSettingsPanel(
  duration: (seconds: number) => string,
  change: (settings: Partial<RoomMedia>) => Promise<void>,
): SettingsPanel {
  const second = find("#second-publisher", HTMLSelectElement);
  const grace = find("#grace", HTMLSelectElement);
  const low = find("#low-latency", HTMLSelectElement);
  const record = find("#record", HTMLInputElement);
  let changing = 0;

  second.addEventListener("change", () => {
    void keep({ secondPublisher: second.value === "take-over" ? "take-over" : "refuse" });
  });
  grace.addEventListener("change", () => void keep({ graceSeconds: Number(grace.value) }));
  low.addEventListener("change", () => {
    void keep({ lowLatency: low.value === "everyone" ? "everyone" : "known" });
  });
  record.addEventListener("change", () => void keep({ record: record.checked }));

  async function keep(settings: Partial<RoomMedia>): Promise<void> {
    changing += 1;
    await change(settings);
    changing -= 1;
  }

  /** Any number may have been set elsewhere; it stands among the usual ones then. */
  function offer(seconds: number): void {
    const all = [...new Set<number>([...graceChoices, seconds])].toSorted((a, b) => a - b);
    if (grace.options.length === all.length && grace.namedItem(`grace-${seconds}`) !== null) return;
    grace.replaceChildren(
      ...all.map((one) => {
        const option = new Option(duration(one), String(one));
        option.id = `grace-${one}`;
        return option;
      }),
    );
  }

  return {
    show(settings) {
      /* What somebody has just chosen is not set back by what was said before. */
      if (changing > 0) return;
      offer(settings.graceSeconds);
      second.value = settings.secondPublisher;
      grace.value = String(settings.graceSeconds);
      low.value = settings.lowLatency;
      record.checked = settings.record;
    },
  };
}
