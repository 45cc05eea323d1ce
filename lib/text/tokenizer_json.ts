/**
 * `tokenizer.json` as the tokenizers library of Hugging Face writes it: what of it is a unigram model of SentencePiece, read into what
 * `spiece.model` holds. Folders saved under transformers 5 have no other vocabulary.
 *
 * @module
 */
import { parsePythonJson } from "../checkpoints/python_json.ts";
import { TokenizerError } from "./error.ts";
import { type ModelProto, type NormalizerSpec, type Piece, PieceType } from "./model_proto.ts";
import { encodeUtf8 } from "./utf8.ts";

/** The mark of a space. */
const SPACE_MARK = "\u2581";

/** How a byte's piece is written. */
const BYTE = /^<0x[0-9A-F]{2}>$/;

/** How much of a value an error shows. */
const SHOWN = 60;

/** An object of JSON. */
type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the file.
 *
 * @param text The whole file.
 * @param label What to call it in errors.
 * @returns The model, such that texts are cut as by the `spiece.model` from which the file was made.
 * @throws {TokenizerError} if it is no such file, or holds another kind of model, or a step that SentencePiece does not
 * have: the message names the key.
 */
export function parseTokenizerJson(text: string, label: string): ModelProto {
  const file = new Part(label, parse(text, label));
  const model = file.part("model");
  model.choice("type", ["Unigram"]);
  const byteFallback = model.flag("byte_fallback", false);
  const special = specialTokens(file);
  return {
    pieces: pieces(model, special, byteFallback),
    trainer: {
      whitespaceAsSuffix: false,
      byteFallback,
      eosPiece: endOf(file),
      padPiece: "<pad>",
      unkSurface: " \u2047 ",
    },
    normalizer: normalizer(file),
  };
}

function parse(text: string, label: string): Json {
  let json: unknown;
  try {
    json = parsePythonJson(text);
  } catch (cause) {
    throw new TokenizerError(`${label}: not valid JSON: ${(cause as Error).message}`, { cause });
  }
  if (isObject(json)) return json;
  throw new TokenizerError(`${label}: ${show(json)} where a JSON object is expected`);
}

/** Tokens that are no text, by their number: `</s>`, `<pad>`, and those that T5 was trained with. */
function specialTokens(file: Part): ReadonlyMap<number, string> {
  const tokens = file.list("added_tokens").map((value) => {
    const token = file.element("added_tokens", value);
    const [id, content] = [token.values.id, token.values.content];
    if (!Number.isInteger(id) || typeof content !== "string") {
      token.fail("id", "a whole number, beside a text as content,");
    }
    // It would be cut out of a text before any piece; SentencePiece knows no such thing of a model that was trained without.
    if (token.values.special !== true) token.fail("special", `true, for ${show(content)},`);
    return [id as number, content as string] as const;
  });
  return new Map(tokens);
}

function pieces(model: Part, special: ReadonlyMap<number, string>, byteFallback: boolean): Piece[] {
  const vocabulary = model.list("vocab");
  const unknown = model.values.unk_id;
  if (!(Number.isInteger(unknown) && (unknown as number) >= 0 && (unknown as number) < vocabulary.length)) {
    model.fail("unk_id", `the number of one of ${vocabulary.length} pieces`);
  }
  return vocabulary.map((entry, id): Piece => {
    const [text, score] = Array.isArray(entry) ? entry : [];
    if (typeof text !== "string" || !text.isWellFormed() || !Number.isFinite(score)) {
      throw new TokenizerError(
        `${model.label}: "vocab" has ${show(entry)} at ${id} where a piece and its score are expected`,
      );
    }
    const name = special.get(id);
    if (name !== undefined && name !== text) {
      throw new TokenizerError(
        `${model.label}: "vocab" has ${show(text)} at ${id} where the added token ${show(name)} is expected`,
      );
    }
    const type = id === unknown
      ? PieceType.unknown
      : name !== undefined
      ? PieceType.control
      : byteFallback && BYTE.test(text)
      ? PieceType.byte
      : PieceType.normal;
    return { bytes: encodeUtf8(text), score: Math.fround(score), type };
  });
}

/** The piece that ends a text: the one that the post-processor puts behind it. */
function endOf(file: Part): string {
  if (!file.has("post_processor")) return "</s>";
  const processor = file.part("post_processor");
  processor.choice("type", ["TemplateProcessing"]);
  const [text, end, ...others] = processor.list("single");
  const sequence = isObject(text) && isObject(text.Sequence);
  const id = isObject(end) && isObject(end.SpecialToken) ? end.SpecialToken.id : undefined;
  if (!sequence || typeof id !== "string" || others.length) {
    processor.fail("single", "a text and the piece that ends it");
  }
  return id as string;
}

/**
 * What becomes of a text before it is cut. White space is SentencePiece's as a whole: runs of it are one space and those at the ends
 * are none where words are split at white space, or where the normalizer says so.
 */
function normalizer(file: Part): NormalizerSpec {
  let charsmap: Uint8Array = new Uint8Array();
  let collapses = false;
  for (const step of steps(file, "normalizer", "normalizers")) {
    switch (step.choice("type", ["Precompiled", "Strip", "Replace"])) {
      case "Precompiled":
        if (charsmap.length) step.fail("type", "no second Precompiled");
        charsmap = base64(step, "precompiled_charsmap");
        break;
      case "Replace": {
        const pattern = step.values.pattern;
        const spaces = isObject(pattern) && [" {2,}", "\\s{2,}", " +", "\\s+"].includes(`${pattern.Regex}`);
        if (!spaces || ![" ", SPACE_MARK].includes(`${step.values.content}`)) {
          step.fail("pattern", "runs of spaces, and one space as content,");
        }
        collapses = true;
      }
    }
  }
  let prefix = false;
  let metaspace = false;
  let splits = false;
  for (const step of steps(file, "pre_tokenizer", "pretokenizers")) {
    if (step.choice("type", ["WhitespaceSplit", "Metaspace"]) === "WhitespaceSplit") {
      collapses = splits = true;
      continue;
    }
    step.choice("replacement", [SPACE_MARK]);
    const scheme = step.flag("add_prefix_space", true) ? "always" : "never";
    // Words that have lost their spaces need a mark each.
    const schemes = splits ? ["always"] as const : ["always", "first", "never"] as const;
    prefix = step.choice("prepend_scheme", schemes, scheme) !== "never";
    metaspace = true;
  }
  if (!metaspace) file.fail("pre_tokenizer", "one with a Metaspace");
  return {
    charsmap,
    addDummyPrefix: prefix,
    removeExtraWhitespaces: collapses,
    escapeWhitespaces: true,
  };
}

/** A step, or those of a sequence; none where there is null. */
function steps(file: Part, key: string, list: string): Part[] {
  if (!file.has(key)) return [];
  const part = file.part(key);
  if (part.values.type !== "Sequence") return [part];
  return part.list(list).map((value) => part.element(list, value));
}

function base64(part: Part, key: string): Uint8Array {
  const text = part.has(key) ? part.values[key] : "";
  try {
    if (typeof text === "string") return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    // Said below.
  }
  return part.fail(key, "base64");
}

/** An object in the file, whose values are checked where they are used. */
class Part {
  constructor(readonly label: string, readonly values: Json) {}

  has(key: string): boolean {
    return Object.hasOwn(this.values, key) && this.values[key] !== null;
  }

  part(key: string): Part {
    const value = this.has(key) ? this.values[key] : undefined;
    return isObject(value) ? new Part(`${this.label}: ${key}`, value) : this.fail(key, "an object");
  }

  element(key: string, value: unknown): Part {
    return isObject(value) ? new Part(`${this.label}: ${key}`, value) : this.fail(key, "a list of objects");
  }

  list(key: string): readonly unknown[] {
    const value = this.has(key) ? this.values[key] : [];
    return Array.isArray(value) ? value : this.fail(key, "a list");
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.has(key) ? this.values[key] : fallback;
    return typeof value === "boolean" ? value : this.fail(key, "true or false");
  }

  choice<const T extends string>(key: string, choices: readonly T[], fallback?: T): T {
    const value = this.has(key) ? this.values[key] : fallback;
    if ((choices as readonly unknown[]).includes(value)) return value as T;
    return this.fail(key, choices.length === 1 ? show(choices[0]) : `one of ${choices.join(", ")}`);
  }

  fail(key: string, expected: string): never {
    const found = Object.hasOwn(this.values, key) ? show(this.values[key]) : "missing";
    throw new TokenizerError(`${this.label}: "${key}" is ${found} where ${expected} is expected`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
