/**
 * Configurations as checkpoints have them: JSON objects, each value checked where it is used.
 *
 * @module
 */
import { FileError, type Files, machine } from "../platform/mod.ts";
import { CheckpointError } from "./error.ts";
import { foreignContent } from "./foreign_content.ts";
import { parsePythonJson } from "./python_json.ts";

/** Bounds of a number. */
export interface Bounds {
  /** The smallest number allowed; defaults to none. */
  readonly min?: number;
  /** The largest number allowed; defaults to none. */
  readonly max?: number;
  /** Whether the bounds themselves are left out. */
  readonly open?: boolean;
}

/** How much of a file that is no JSON tells what it is. */
const SNIFFED = 200;

/** How much of a value an error shows. */
const SHOWN = 80;

/**
 * A configuration: reads a value by its key and type. A key that is absent or null gives the fallback where there is one,
 * and is an error where there is none.
 *
 * @example
 * ```ts
 * const config = new Config("config.json", { sample_size: 28 });
 * config.whole("sample_size", { min: 1 }); // 28
 * config.boolean("time_conditioned", true); // true: the fallback
 * ```
 */
export class Config {
  /** Usually made by {@linkcode Config.read}. */
  constructor(
    /** The file, for errors. */
    readonly label: string,
    /** The object that it holds. */
    readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /**
   * Reads a JSON file, such as Python writes: numbers may be `Infinity`, `-Infinity` and `NaN`, which only keys that say so
   * take.
   *
   * @param path The file.
   * @param files What the path is one of; defaults to those of the disk.
   * @throws {CheckpointError} if it cannot be read, or holds no JSON object.
   */
  static async read(path: string, files: Files = machine.files): Promise<Config> {
    try {
      return Config.parse(await files.readText(path), files.pathOf(path));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new CheckpointError(error.message, { cause: error.cause });
    }
  }

  /**
   * Reads a JSON file, as {@linkcode Config.read}, that need not exist.
   *
   * @param path The file.
   * @param files What the path is one of; defaults to those of the disk.
   * @returns What it holds; undefined if there is no such file.
   * @throws {CheckpointError} if it cannot be read, or holds no JSON object.
   */
  static async readIfExists(path: string, files: Files = machine.files): Promise<Config | undefined> {
    try {
      return Config.parse(await files.readText(path), files.pathOf(path));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (error.reason === "missing") return undefined;
      throw new CheckpointError(error.message, { cause: error.cause });
    }
  }

  /**
   * Takes a JSON file's text.
   *
   * @param text The text, as {@linkcode Config.read} reads it.
   * @param label What to call the file in errors.
   * @throws {CheckpointError} if it is not JSON object.
   */
  static parse(text: string, label: string): Config {
    let values: unknown;
    try {
      values = parsePythonJson(text);
    } catch (cause) {
      const foreign = foreignContent(new TextEncoder().encode(text.slice(0, SNIFFED)));
      if (foreign && foreign !== "JSON") {
        throw new CheckpointError(`${label}: ${foreign}, where a JSON file is expected`, { cause });
      }
      throw new CheckpointError(`${label}: not valid JSON: ${(cause as Error).message}`, { cause });
    }
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new CheckpointError(`${label}: ${show(values)} where a JSON object is expected`);
    }
    return new Config(label, values as Record<string, unknown>);
  }

  /** Whether a key has a value other than null. */
  has(key: string): boolean {
    return Object.hasOwn(this.values, key) && this.values[key] !== null;
  }

  /** Whether a key is there and null: what some keys take for "none", where an absent one means its default. */
  isNull(key: string): boolean {
    return Object.hasOwn(this.values, key) && this.values[key] === null;
  }

  /** A finite number. @throws {CheckpointError} if it is none, or out of its bounds. */
  number(key: string, bounds: Bounds = {}, fallback?: number): number {
    const fits = (value: unknown): value is number =>
      Number.isFinite(value) && within(value as number, bounds);
    return this.#get(key, fits, `a number${range(bounds)}`, fallback);
  }

  /** A whole number. @throws {CheckpointError} if it is none, or out of its bounds. */
  whole(key: string, bounds: Bounds = {}, fallback?: number): number {
    const fits = (value: unknown): value is number =>
      Number.isSafeInteger(value) && within(value as number, bounds);
    return this.#get(key, fits, `a whole number${range(bounds)}`, fallback);
  }

  /** A list of finite numbers. @throws {CheckpointError} if it is none, or one is out of its bounds. */
  numbers(key: string, bounds: Bounds = {}): readonly number[] {
    const fits = (value: unknown): value is number[] =>
      Array.isArray(value) && value.every((item) => Number.isFinite(item) && within(item, bounds));
    return this.#get(key, fits, `a list of numbers${range(bounds)}`);
  }

  /** true or false; null is false where there is a fallback, as in Python. @throws {CheckpointError} if it is neither. */
  boolean(key: string, fallback?: boolean): boolean {
    if (fallback !== undefined && this.isNull(key)) return false;
    const fits = (value: unknown): value is boolean => typeof value === "boolean";
    return this.#get(key, fits, "true or false", fallback);
  }

  /** A text. @throws {CheckpointError} if it is none. */
  text(key: string, fallback?: string): string {
    const fits = (value: unknown): value is string => typeof value === "string";
    return this.#get(key, fits, "a text", fallback);
  }

  /** One of some texts or numbers. @throws {CheckpointError} if it is none of them. */
  choice<const T extends string | number>(key: string, choices: readonly T[], fallback?: T): T {
    const fits = (value: unknown): value is T => (choices as readonly unknown[]).includes(value);
    const expected = choices.length === 1 ? show(choices[0]) : `one of ${choices.join(", ")}`;
    return this.#get(key, fits, expected, fallback);
  }

  /** Refuses a value. @throws {CheckpointError} always. */
  fail(key: string, expected: string): never {
    throw new CheckpointError(this.problem(key, expected));
  }

  /** What is wrong with a value, as an error says it: the file, the key, the value and what is expected. */
  problem(key: string, expected: string): string {
    const found = Object.hasOwn(this.values, key) ? show(this.values[key]) : "missing";
    return `${this.label}: "${key}" is ${found} where ${expected} is expected`;
  }

  #get<T>(key: string, fits: (value: unknown) => value is T, expected: string, fallback?: T): T {
    if (fallback !== undefined && !this.has(key)) return fallback;
    // Own keys alone: "constructor" is none.
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    return fits(value) ? value : this.fail(key, expected);
  }
}

function within(value: number, { min = -Infinity, max = Infinity, open = false }: Bounds): boolean {
  return open ? value > min && value < max : value >= min && value <= max;
}

function range({ min, max, open = false }: Bounds): string {
  if (min !== undefined && max !== undefined) {
    return open ? ` between ${min} and ${max}` : ` from ${min} to ${max}`;
  }
  if (min !== undefined) return open ? ` above ${min}` : ` of at least ${min}`;
  if (max !== undefined) return open ? ` below ${max}` : ` of at most ${max}`;
  return "";
}

function show(value: unknown): string {
  // JSON has null for numbers that are infinite or none.
  const finite = (_: string, part: unknown) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
  const text = typeof value === "number" ? String(value) : JSON.stringify(value, finite) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
