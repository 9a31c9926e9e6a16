let lock: Promise<WakeLockSentinel | null> | null = null;
let wanted = false;

/** A phone whose screen goes dark stops its camera. Browsers that know no such lock, or refuse it, do as they do. */
export function keepAwake(on: boolean): void {
  if (on === wanted) return;
  wanted = on;
  if (on) take();
  else release();
}

/** The system takes it back whenever the page goes out of sight. */
document.addEventListener("visibilitychange", () => {
  if (wanted && document.visibilityState === "visible") take();
});

function take(): void {
  if (!("wakeLock" in navigator)) return;
  lock = navigator.wakeLock.request("screen").catch(() => null);
}

function release(): void {
  void lock?.then((sentinel) => sentinel?.release());
  lock = null;
}
