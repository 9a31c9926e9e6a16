/** What is answered to who asks for a file of a broadcast. */
export type FileReply =
  | {
      readonly status: 200;
      readonly kind: "playlist" | "media";
      readonly bytes: readonly Uint8Array[];
      /** The same, where it is worth it. */
      readonly gzip: Uint8Array | null;
      /** How long a cache may keep it. */
      readonly ageSeconds: number;
    }
  | { readonly status: 400 | 403 | 404 | 503; readonly sentence: string };

export const notHere: FileReply = {
  status: 404,
  sentence: "There is no such file in this broadcast: load its playlist again.",
};
export const tooFar: FileReply = {
  status: 400,
  sentence: "That is too far ahead: ask for what the playlist announces.",
};
export const notYet: FileReply = { status: 503, sentence: "This is not there yet: try again shortly." };
export const notLow: FileReply = {
  status: 403,
  sentence: "This address is for whole segments: load the playlist again.",
};
export const mediaAgeSeconds = 60;

export function media(bytes: readonly Uint8Array[]): FileReply {
  return { status: 200, kind: "media", bytes, gzip: null, ageSeconds: mediaAgeSeconds };
}
