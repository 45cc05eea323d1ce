/**
 * Props of islands as text, and back. A list of entries: values that are small stand in place, all others are entries of
 * their own that are referred to by index, so that what is shared or circular stays so. Runs in the browser too.
 *
 * @module
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** How a value of a type of its own is written and read. */
export interface Custom {
  readonly type: string;
  /** What is written for the value, or undefined if it is not of this type. */
  write?(value: unknown): { readonly value: unknown } | undefined;
  read?(value: unknown): unknown;
}

type Entry = unknown;

const constants: readonly unknown[] = [undefined, null, NaN, Infinity, -Infinity, -0];
const HOLE = -constants.length - 1;

/**
 * Writes a value.
 *
 * @throws {TypeError} if there is a function or a symbol in it.
 */
export function serialize(value: unknown, custom: readonly Custom[] = []): string {
  const entries: Entry[] = [];
  const known = new Map<unknown, number>();

  function index(value: unknown): number {
    const constant = constants.findIndex((c) => Object.is(c, value));
    if (constant >= 0) return -constant - 1;
    const old = known.get(value);
    if (old !== undefined) return old;
    const own = entries.push(null) - 1;
    known.set(value, own);
    entries[own] = entry(value);
    return own;
  }

  function entry(value: unknown): Entry {
    switch (typeof value) {
      case "function":
        throw new TypeError("Serializing functions is not supported.");
      case "symbol":
        throw new TypeError("Serializing symbols is not supported.");
      case "bigint":
        return ["BigInt", String(value)];
      case "object":
        return object(value as object);
      default:
        return value;
    }
  }

  function object(value: object): Entry {
    for (const { type, write } of custom) {
      const written = write?.(value);
      if (written) return [type, index(written.value)];
    }
    if (isSignal(value)) return [isComputed(value) ? "Computed" : "Signal", index(value.peek())];
    if (Array.isArray(value)) {
      return ["Array", Array.from(value, (item, i) => i in value ? index(item) : HOLE)];
    }
    if (value instanceof Date) return ["Date", value.toISOString()];
    if (value instanceof URL) return ["URL", value.href];
    if (value instanceof RegExp) return ["RegExp", value.source, value.flags];
    if (value instanceof Uint8Array) {
      return [
        "Uint8Array",
        btoa(Array.from(value, (b) => String.fromCharCode(b)).join("")),
      ];
    }
    if (value instanceof Set) return ["Set", Array.from(value, index)];
    if (value instanceof Map) return ["Map", Array.from(value, ([k, v]) => [index(k), index(v)])];
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, index(item)]));
  }

  const root = index(value);
  return JSON.stringify([root, entries]);
}

/** Reads what {@linkcode serialize} has written. */
export function deserialize(text: string, custom: readonly Custom[] = []): unknown {
  const [root, entries] = JSON.parse(text) as [number, Entry[]];
  const made = new Map<number, unknown>();

  function at(index: number): unknown {
    if (index < 0) return constants[-index - 1];
    if (!made.has(index)) make(index);
    return made.get(index);
  }

  function make(index: number): void {
    const entry = entries[index];
    if (Array.isArray(entry)) return makeTyped(index, entry as [string, ...unknown[]]);
    if (typeof entry !== "object" || entry === null) return void made.set(index, entry);
    const object: Record<string, unknown> = {};
    made.set(index, object);
    for (const [name, item] of Object.entries(entry)) {
      Object.defineProperty(object, name, {
        value: at(item),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
  }

  function makeTyped(index: number, [type, payload, flags]: [string, ...unknown[]]): void {
    const own = custom.find((c) => c.type === type);
    if (own?.read) return void made.set(index, own.read(at(payload as number)));
    switch (type) {
      case "Array": {
        const array: unknown[] = new Array((payload as number[]).length);
        made.set(index, array);
        (payload as number[]).forEach((item, i) => item === HOLE || (array[i] = at(item)));
        return;
      }
      case "Set": {
        const set = new Set();
        made.set(index, set);
        for (const item of payload as number[]) set.add(at(item));
        return;
      }
      case "Map": {
        const map = new Map();
        made.set(index, map);
        for (const [k, v] of payload as [number, number][]) map.set(at(k), at(v));
        return;
      }
      case "Signal": {
        const made_ = signal<unknown>(undefined);
        made.set(index, made_);
        made_.value = at(payload as number);
        return;
      }
      case "Computed": {
        const value = at(payload as number);
        return void made.set(index, computed(() => value));
      }
      case "BigInt":
        return void made.set(index, BigInt(payload as string));
      case "Date":
        return void made.set(index, new Date(payload as string));
      case "URL":
        return void made.set(index, new URL(payload as string));
      case "RegExp":
        return void made.set(index, new RegExp(payload as string, flags as string));
      case "Uint8Array":
        return void made.set(index, Uint8Array.from(atob(payload as string), (c) => c.charCodeAt(0)));
      default:
        throw new TypeError(`Unknown type in the props of islands: ${type}`);
    }
  }

  return at(root);
}

function isSignal(value: object): value is Signal {
  return typeof (value as Signal).peek === "function" && "value" in value;
}

/** A computed signal has no setter of its value; `x` and `_fn` are its function's names in minified and other builds. */
function isComputed(value: Signal | ReadonlySignal): boolean {
  const { x, _fn } = value as unknown as Record<string, unknown>;
  return typeof x === "function" || typeof _fn === "function";
}
