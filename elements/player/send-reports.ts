import type { TelemetryReport } from "./telemetry.ts";

const everyMs = 30_000;

/** Tells the operator how it goes: each 30 s, and when the page is left. What cannot be sent is not sent again. */
export function sendReports(url: string, ended: AbortSignal, report: () => TelemetryReport | null): void {
  function send(): void {
    const said = report();
    /* As text it needs no question beforehand (Fetch, CORS-safelisted request-header), which a page that goes could not wait for. */
    if (said !== null) navigator.sendBeacon(url, JSON.stringify(said));
  }

  const timer = setInterval(send, everyMs);
  window.addEventListener("pagehide", send, { signal: ended });
  ended.addEventListener("abort", () => clearInterval(timer));
}
