import { type DeviceTrouble, troubleOf } from "./studio-device-trouble.ts";

/** What somebody sends from their browser. */
export const sources = ["camera", "screen", "microphone"] as const;
export type Source = (typeof sources)[number];

/** One camera or microphone, as the browser calls it. */
export type Device = { readonly id: string; readonly name: string };
export type Devices = { readonly cameras: readonly Device[]; readonly microphones: readonly Device[] };

/** A track, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly track: MediaStreamTrack }
  | { readonly ok: false; readonly trouble: DeviceTrouble };

/** Enough to be read on a phone and to be sent over most lines; cameras that have less give less. */
const picture = { width: { ideal: 1_280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const screenPicture = { width: { max: 1_920 }, height: { max: 1_080 }, frameRate: { ideal: 30, max: 30 } };

/** @param id null for the one that the browser thinks best. */
export function openCamera(id: string | null): Promise<Opened> {
  const video = { ...picture, ...(id === null ? {} : { deviceId: { exact: id } }) };
  return opened("camera", "getUserMedia", (from) => from.getUserMedia({ video }));
}

/** @param id null for the one that the browser thinks best. */
export function openMicrophone(id: string | null): Promise<Opened> {
  const audio = id === null ? true : { deviceId: { exact: id } };
  return opened("microphone", "getUserMedia", (from) => from.getUserMedia({ audio }));
}

/** Which screen, window or tab, the browser asks. */
export function openScreen(): Promise<Opened> {
  return opened("screen", "getDisplayMedia", (from) => from.getDisplayMedia({ video: screenPicture }));
}

async function opened(
  source: Source,
  method: "getUserMedia" | "getDisplayMedia",
  open: (from: MediaDevices) => Promise<MediaStream>,
): Promise<Opened> {
  if (!window.isSecureContext) return { ok: false, trouble: { kind: "insecure", source } };
  const from: MediaDevices | undefined = navigator.mediaDevices;
  if (from === undefined || !(method in from)) return { ok: false, trouble: { kind: "unsupported", source } };
  try {
    const [track] = (await open(from)).getTracks();
    if (track === undefined) return { ok: false, trouble: { kind: "missing", source } };
    return { ok: true, track };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error, source) };
  }
}

/** Names are known once somebody has allowed one of them; until then devices have none. */
export async function listDevices(): Promise<Devices> {
  const from: MediaDevices | undefined = navigator.mediaDevices;
  if (from === undefined) return { cameras: [], microphones: [] };
  const all = await from.enumerateDevices().catch(() => []);
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((one) => one.kind === kind && one.deviceId !== "" && one.label !== "")
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { cameras: of("videoinput"), microphones: of("audioinput") };
}

/** Tells of devices that are plugged in or out. */
export function watchDevices(changed: () => void): void {
  const from: MediaDevices | undefined = navigator.mediaDevices;
  from?.addEventListener("devicechange", changed);
}
