import type { Machine } from "./machine.ts";

/**
 * The machine that this program runs on: Deno's, or a browser's tab. Each is loaded where it is needed alone, so that no browser
 * is asked for a disk, and a program under Deno loads nothing of the tab's.
 */
export const machine: Machine = "Deno" in globalThis
  ? (await import("./native/mod.ts")).machine
  : (await import("./browser/mod.ts")).machine;
