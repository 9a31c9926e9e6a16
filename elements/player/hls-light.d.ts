/** The smaller build of hls.js has no types of its own; what it has is as in the whole. */
declare module "hls.js/light" {
  export { default } from "hls.js";
  export * from "hls.js";
}
