import { assertEquals } from "@std/assert";
import { type AddedToken, splitAtTokens, type TextParts } from "../../lib/text/added_tokens.ts";
import { cleanCaption, plainCaption } from "../../lib/text/clean_caption.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { encodeForT5, tokenizeParts } from "../../lib/text/t5.ts";

const mine: AddedToken = { text: "<mine>", ids: [600, 601] };
const longer: AddedToken = { text: "<mine>_2", ids: [602] };
const word: AddedToken = { text: "sks", ids: [603] };
const all = [mine, longer, word];
const tokenizer = await SentencePieceTokenizer.open("tests/fixtures/spiece_tiny.model");

Deno.test("a prompt is split at its tokens, which are words to what cleans it", () => {
  const cases: [string, TextParts][] = [
    ["A photo of <mine>, asleep", ["a photo of ", mine, ", asleep"]],
    ["<mine>", [mine]],
    ["", []],
    ["A <b>cat</b> beside <mine>", ["a cat beside ", mine]],
    ["<mine> <mine>", [mine, " ", mine]],
    ["<mine>_2 and <mine>_3", [longer, " and ", mine, "_3"]],
    ["a sks cat, masks, sks2 and SKS", ["a ", word, " cat, masks, sks2 and sks"]],
    // Another word in markup goes with it, and so does a token.
    ["a cat http://example.com/<mine>", ["a cat"]],
    // The letters that stand for tokens meanwhile are not those of the prompt.
    ["\ua000 &#40961; <mine>", ["\ua000 \ua001 ", mine]],
  ];
  for (const [prompt, parts] of cases) assertEquals(splitAtTokens(prompt, all, cleanCaption), parts, prompt);
  assertEquals(splitAtTokens(" A <B> <mine> ", all, plainCaption), ["a <b> ", mine]);
  for (const prompt of ["A photo of <mine>", "a sks cat"]) {
    assertEquals(splitAtTokens(prompt, [], cleanCaption), [cleanCaption(prompt)]);
  }
});

Deno.test("tokens of signs that expressions know are found as they stand", () => {
  const token = { text: "[x]*(y)|$^\\/-{1}", ids: [600] };
  assertEquals(splitAtTokens(`a ${token.text} b`, [token], (text) => text), ["a ", token, " b"]);
});

Deno.test("parts become pieces as transformers' T5Tokenizer has them with the tokens added", () => {
  // By transformers 5.18 with spiece_tiny.model and add_tokens(["<mine>", "<mine>_1"]).
  const golden: [string, string][] = [
    ["a photo of <mine>, on a table", "24,187,25,600,601,3,12,95,24,3,264,1"],
    ["<mine>", "600,601,1"],
    ["a <mine>'s photo of <mine>s", "24,600,601,182,4,187,25,600,601,3,4,1"],
  ];
  for (const [prompt, ids] of golden) {
    const parts = splitAtTokens(prompt, [mine], cleanCaption);
    const encoded = encodeForT5(tokenizer, [parts], { maxLength: 20 });
    assertEquals(encoded.ids.data.slice(0, ids.split(",").length).join(), ids, prompt);
    assertEquals(Number(encoded.mask.data.reduce((sum, one) => sum + one)), ids.split(",").length);
    assertEquals(encoded.truncated, [""]);
  }
  const pieces = tokenizeParts(tokenizer, ["a photo", mine]).map(({ piece }) => piece);
  assertEquals(pieces, ["▁a", "▁photo", "<mine>", "<mine>_1"]);
});

Deno.test("what is cut off a text in parts is said in its words", () => {
  const parts = splitAtTokens("a photo of <mine>, on a table", [mine], cleanCaption);
  const lost = (maxLength: number) => encodeForT5(tokenizer, [parts], { maxLength }).truncated[0];
  assertEquals(lost(12), "");
  assertEquals(lost(9), "a table");
  assertEquals(lost(5), "<mine> , on a table"); // its second vector
  assertEquals(lost(3), "of <mine> , on a table");
});
