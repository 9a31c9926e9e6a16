import { live } from "./scenario.ts";
const seed = Number(process.argv[2]);
try { live(seed); console.log("fine"); } catch (e) { console.log(String((e as Error).message)); }
