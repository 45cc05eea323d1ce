/** The digits that the reader has drawn to train on, kept by the browser in IndexedDB. */
import { signal } from "@preact/signals";
import { clear, createStore, del, entries, set } from "idb-keyval";
import type { DrawnDigit } from "./drawn_digit.ts";

/** How many are kept: as many as anybody draws, and little beside the digits that they stand among. */
export const MAX_DIGITS = 200;

let opened: ReturnType<typeof createStore> | undefined;
const store = () => opened ??= createStore("denoise-digits", "digits");

/** Those that are here, the first drawn first; what shows them follows. */
export const drawnDigits = signal<readonly DrawnDigit[]>([]);

/** Takes up those of earlier visits, and of other tabs. */
export async function readDigits(): Promise<readonly DrawnDigit[]> {
  const all = await entries<string, DrawnDigit>(store()).catch(() => undefined);
  // Where nothing is kept, those of this page are all that there are.
  if (all) drawnDigits.value = all.map(([, digit]) => digit).sort((a, b) => a.id < b.id ? -1 : 1);
  return drawnDigits.peek();
}

/**
 * Keeps a digit.
 *
 * @returns Whether the browser keeps it beyond this page.
 */
export async function keepDigit(label: number, pixels: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const id = `${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
  const digit: DrawnDigit = { id, label, pixels };
  drawnDigits.value = [...drawnDigits.peek(), digit];
  return await set(id, digit, store()).then(() => true, () => false);
}

/** Forgets a digit; without an id all of them. */
export async function forgetDigit(id?: string): Promise<void> {
  drawnDigits.value = id === undefined ? [] : drawnDigits.peek().filter((digit) => digit.id !== id);
  await (id === undefined ? clear(store()) : del(id, store())).catch(() => {});
}
