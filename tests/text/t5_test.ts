import { assert, assertEquals, assertThrows } from "@std/assert";
import { TokenizerError } from "../../lib/text/error.ts";
import { PieceType } from "../../lib/text/model_proto.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { encodeForT5 } from "../../lib/text/t5.ts";
import { modelBytes } from "./model_bytes.ts";

const tokenizer = await SentencePieceTokenizer.open("tests/fixtures/spiece_tiny.model");
const prompt = "a photo of a kangaroo wearing an orange hoodie"; // 21 pieces

Deno.test("a prompt is its pieces, its end and padding", () => {
  const { ids, mask, truncated } = encodeForT5(tokenizer, [prompt, ""]);
  assertEquals(ids.shape, [2, 77]);
  assertEquals(mask.shape, [2, 77]);
  const pieces = tokenizer.encode(prompt);
  const row = [...pieces, 1, ...Array(77 - pieces.length - 1).fill(0)];
  assertEquals(Array.from(ids.data, Number), [...row, 1, ...Array(76).fill(0)]);
  assertEquals(Array.from(mask.data, Number), [...row.map((id) => id ? 1 : 0), 1, ...Array(76).fill(0)]);
  assertEquals(truncated, ["", ""]);
});

Deno.test("a long prompt keeps its beginning and its end, and says what was lost", () => {
  const pieces = tokenizer.encode(prompt);
  for (const maxLength of [1, 2, 8, 21, 22, 23]) {
    const { ids, mask, truncated } = encodeForT5(tokenizer, [prompt], { maxLength });
    assertEquals(ids.shape, [1, maxLength]);
    const kept = pieces.slice(0, maxLength - 1);
    assertEquals(Array.from(ids.data, Number).slice(0, kept.length + 1), [...kept, 1]);
    assertEquals(mask.data.filter((one) => one === 1n).length, kept.length + 1);
    assertEquals(truncated, [maxLength < 22 ? tokenizer.decode(pieces.slice(maxLength - 1)) : ""]);
  }
  assertEquals(encodeForT5(tokenizer, ["a photo of a 漢字 photo"], { maxLength: 5 }).truncated, [
    "漢字 photo",
  ]);
});

Deno.test("76 pieces fit in IF's length, 77 do not", () => {
  const [fits, long] = [76, 77].map((n) => Array(n).fill("a").join(" "));
  const { ids, truncated } = encodeForT5(tokenizer, [fits, long]);
  assertEquals(ids.data.slice(0, 77), ids.data.slice(77));
  assertEquals(ids.data[76], 1n);
  assert(ids.data.every((id) => id !== 0n));
  assertEquals(truncated, ["", "a"]);
});

Deno.test("no texts are an empty batch", () => {
  assertEquals(encodeForT5(tokenizer, []), {
    ids: { data: new BigInt64Array(), shape: [0, 77] },
    mask: { data: new BigInt64Array(), shape: [0, 77] },
    truncated: [],
  });
});

Deno.test("lengths that cannot be, and tokenizers without the pieces, are refused", () => {
  for (const maxLength of [0, -1, 1.5, NaN, Infinity]) {
    const error = assertThrows(() => encodeForT5(tokenizer, [""], { maxLength }), RangeError);
    assertEquals(error.message, `maxLength: ${maxLength} where a whole number of at least 1 is expected`);
  }
  const unknown = ["<unk>", 0, PieceType.unknown] as const;
  const end = ["</s>", 0, PieceType.control] as const;
  const refused = (pieces: Parameters<typeof modelBytes>[0], message: string) => {
    const other = SentencePieceTokenizer.parse(modelBytes(pieces), "x.model");
    assertEquals(assertThrows(() => encodeForT5(other, [""]), TokenizerError).message, `x.model: ${message}`);
  };
  refused({ pieces: [unknown, ["a", -1]] }, "no piece that ends a text, such as </s>");
  refused({ pieces: [unknown, end, ["a", -1]] }, "no piece for padding, such as <pad>");
});
