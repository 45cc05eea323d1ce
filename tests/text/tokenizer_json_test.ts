import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { TokenizerError } from "../../lib/text/error.ts";
import { openTokenizer } from "../../lib/text/open_tokenizer.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { encodeForT5 } from "../../lib/text/t5.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { proto, spieceTiny as bytes, tokenizerJson } from "./tokenizer_json.ts";

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url);
const vectors: { text: string; ids: number[] }[] = JSON.parse(
  await Deno.readTextFile(fixture("spiece_tiny_vectors.json")),
);
const spiece = SentencePieceTokenizer.parse(bytes);

/** The same rules as older versions wrote them. */
const older = {
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Precompiled", precompiled_charsmap: proto.normalizer.charsmap.toBase64() },
      { type: "Strip", strip_left: false, strip_right: true },
      { type: "Replace", pattern: { Regex: " {2,}" }, content: "\u2581" },
    ],
  },
  pre_tokenizer: { type: "Metaspace", replacement: "\u2581", add_prefix_space: true },
};

Deno.test("tokenizer.json gives the ids of spiece.model", () => {
  for (const text of [tokenizerJson(), tokenizerJson(older)]) {
    const tokenizer = SentencePieceTokenizer.parseJson(text);
    assertEquals([tokenizer.vocabularySize, tokenizer.unkId, tokenizer.eosId, tokenizer.padId], [
      spiece.vocabularySize,
      spiece.unkId,
      spiece.eosId,
      spiece.padId,
    ]);
    for (const { text, ids } of vectors) assertEquals(tokenizer.encode(text), ids, text);
    const prompts = vectors.map(({ text }) => text);
    assertEquals(encodeForT5(tokenizer, prompts), encodeForT5(spiece, prompts));
  }
});

Deno.test("tokens that T5 adds behind the vocabulary never come from text", () => {
  const extra = proto.pieces.length;
  const vocab = [
    ...JSON.parse(tokenizerJson()).model.vocab,
    ["<extra_id_1>", 0],
    ["<extra_id_0>", 0],
  ];
  const added = JSON.parse(tokenizerJson()).added_tokens;
  const text = tokenizerJson({
    added_tokens: [
      ...added,
      { id: extra, content: "<extra_id_1>", special: true },
      { id: extra + 1, content: "<extra_id_0>", special: true },
      { id: extra + 40, content: "<beyond>", special: true },
    ],
  }, { vocab });
  const tokenizer = SentencePieceTokenizer.parseJson(text);
  assertEquals(tokenizer.encode("a <extra_id_0> b"), spiece.encode("a <extra_id_0> b"));
});

Deno.test("without a charsmap and a prefix text is taken as it is", () => {
  const tokenizer = SentencePieceTokenizer.parseJson(tokenizerJson({
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "\u2581", prepend_scheme: "never" },
  }));
  assertEquals(tokenizer.normalize("\uff21  b "), "\uff21\u2581\u2581b\u2581");
});

Deno.test("what is no unigram model of SentencePiece is refused by the file and its key", () => {
  const cases: [string, string][] = [
    [tokenizerJson({}, { type: "BPE" }), 'a.json: model: "type" is "BPE" where "Unigram" is expected'],
    [
      tokenizerJson({}, { unk_id: null }),
      'a.json: model: "unk_id" is null where the number of one of 600 pieces',
    ],
    [tokenizerJson({}, { unk_id: 600 }), 'a.json: model: "unk_id" is 600 where'],
    [
      tokenizerJson({}, { vocab: [["<pad>", 0], ["b"]], unk_id: 0 }),
      'a.json: model: "vocab" has ["b"] at 1 where',
    ],
    [
      tokenizerJson({}, { vocab: [["<pad>", 0], ["b", "x"]], unk_id: 0 }),
      'a.json: model: "vocab" has ["b","x"] at 1',
    ],
    [tokenizerJson({}, { vocab: {} }), 'a.json: model: "vocab" is {} where a list is expected'],
    [tokenizerJson({}, { byte_fallback: true }), "0 of the pieces <0x00> to <0xFF>"],
    [tokenizerJson({ model: null }), 'a.json: "model" is null where an object is expected'],
    [
      tokenizerJson({ normalizer: { type: "NFKC" } }),
      'a.json: normalizer: "type" is "NFKC" where one of Precompiled',
    ],
    [
      tokenizerJson({ normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }] } }),
      'a.json: normalizer: normalizers: "type" is "Lowercase" where',
    ],
    [
      tokenizerJson({ normalizer: { type: "Replace", pattern: { String: "a" }, content: "b" } }),
      'a.json: normalizer: "pattern" is {"String":"a"} where runs of spaces',
    ],
    [
      tokenizerJson({ normalizer: { type: "Precompiled", precompiled_charsmap: "%%" } }),
      'a.json: normalizer: "precompiled_charsmap" is "%%" where base64 is expected',
    ],
    [
      tokenizerJson({ normalizer: { type: "Precompiled", precompiled_charsmap: "AAAA" } }),
      "a.json: normalizer: charsmap: an array of 0 bytes",
    ],
    [
      tokenizerJson({ pre_tokenizer: { type: "ByteLevel" } }),
      'a.json: pre_tokenizer: "type" is "ByteLevel" where',
    ],
    [
      tokenizerJson({
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [
            { type: "WhitespaceSplit" },
            { type: "Metaspace", replacement: "\u2581", prepend_scheme: "first" },
          ],
        },
      }),
      'a.json: pre_tokenizer: pretokenizers: "prepend_scheme" is "first" where "always" is expected',
    ],
    [tokenizerJson({ pre_tokenizer: null }), 'a.json: "pre_tokenizer" is null where one with a Metaspace'],
    [
      tokenizerJson({ post_processor: { type: "BertProcessing" } }),
      'a.json: post_processor: "type" is "BertProcessing" where',
    ],
    [
      tokenizerJson({
        post_processor: { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<s>" } }] },
      }),
      'a.json: post_processor: "single" is [{"SpecialToken":{"id":"<s>"}}] where a text and',
    ],
    [
      tokenizerJson({ added_tokens: [{ id: 50, content: "fox", special: false }] }),
      'a.json: added_tokens: "special" is false where true, for "fox", is expected',
    ],
    [tokenizerJson({ added_tokens: [{ id: 5, content: "<new>", special: true }] }), "where the added token"],
    ["[1]", "a.json: [1] where a JSON object is expected"],
    ["{", "a.json: not valid JSON"],
    ["<!DOCTYPE html><html>", "a.json: an HTML page, where a tokenizer's JSON is expected"],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a.json: a Git LFS pointer"],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => SentencePieceTokenizer.parseJson(text, "a.json"), TokenizerError, message);
  }
});

Deno.test("what stands in the place of spiece.model is named", () => {
  const cases = {
    "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 791656\n": "a Git LFS pointer",
    "<!doctype html><html><body>Access denied</body></html>": "an HTML page",
    '{"error": "not found"}': "JSON",
  };
  for (const [text, what] of Object.entries(cases)) {
    assertThrows(
      () => SentencePieceTokenizer.parse(new TextEncoder().encode(text), "spiece.model"),
      TokenizerError,
      `spiece.model: ${what}`,
    );
  }
});

Deno.test("a folder's tokenizer is opened from either file, or both are named", async () => {
  await using folder = await temporaryFolder();
  const path = folder.path;
  const message = `${path}: no vocabulary, spiece.model or tokenizer.json is expected`;
  await assertRejects(() => openTokenizer(path), TokenizerError, message);
  await Deno.writeTextFile(join(path, "tokenizer.json"), tokenizerJson());
  assertEquals((await openTokenizer(path)).label, join(path, "tokenizer.json"));
  await Deno.writeFile(join(path, "spiece.model"), bytes);
  assertEquals((await openTokenizer(path)).label, join(path, "spiece.model"));
});
