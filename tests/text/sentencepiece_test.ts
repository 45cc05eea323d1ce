import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { TokenizerError } from "../../lib/text/error.ts";
import { PieceType } from "../../lib/text/model_proto.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { Generator } from "../../lib/random.ts";
import { bytePieces, modelBytes, special, type TestPiece } from "./model_bytes.ts";

interface Vector {
  readonly text: string;
  readonly ids: number[];
  readonly pieces: string[];
  readonly normalized: string;
}

const path = "tests/fixtures/spiece_tiny.model";
const bytes = await Deno.readFile(path);
const vectors: readonly Vector[] = JSON.parse(
  await Deno.readTextFile("tests/fixtures/spiece_tiny_vectors.json"),
);
const tiny = SentencePieceTokenizer.parse(bytes, path);

const words: readonly TestPiece[] = [
  ["▁", -2],
  ["a", -3],
  ["b", -3.5],
  ["ab", -4],
  ["▁a", -2.5],
  ["c", -5],
  ["▁ab", -9],
];

Deno.test("SentencePiece's vectors: numbers, pieces, normalized text", () => {
  assertEquals(vectors.length, 76);
  for (const { text, ids, pieces, normalized } of vectors) {
    assertEquals(tiny.encode(text), ids, text);
    assertEquals(tiny.encodePieces(text), pieces, text);
    assertEquals(tiny.normalize(text), normalized, text);
  }
});

Deno.test("pieces decode to the normalized text", () => {
  const plain = (text: string) => text.replaceAll("▁", " ").replace(/^ /, "");
  for (const { ids, pieces, normalized } of vectors) {
    assertEquals(tiny.decodePieces(pieces), plain(normalized));
    if (ids.includes(tiny.unkId)) continue;
    assertEquals(tiny.decode(ids), plain(normalized));
    assertEquals(tiny.encode(tiny.decode(ids)), ids);
  }
  assertEquals(tiny.decode([24, 2, 187, 1, 0]), "a ⁇  photo");
  assertEquals(tiny.decode(BigInt64Array.of(24n, 187n)), "a photo");
  assertEquals(tiny.decode([]), "");
  for (const id of [600, -1, 1.5, NaN]) {
    const error = assertThrows(() => tiny.decode([24, id]), RangeError);
    assertEquals(error.message, `ids: ${id} where a whole number from 0 to 599 is expected`);
  }
});

Deno.test("special pieces have T5's numbers", async () => {
  const { padId, eosId, unkId, vocabularySize, label } = await SentencePieceTokenizer.open(path);
  assertEquals({ padId, eosId, unkId, vocabularySize }, {
    padId: 0,
    eosId: 1,
    unkId: 2,
    vocabularySize: 600,
  });
  assertEquals(label, path);
  const without = SentencePieceTokenizer.parse(
    modelBytes({ pieces: [["?", 0, PieceType.unknown], ["a", -1]] }),
  );
  assertEquals([without.padId, without.eosId, without.unkId], [-1, -1, 0]);
});

// What SentencePiece 0.1.97 makes of these models.
const kinds: readonly {
  name: string;
  model: Uint8Array;
  cases: readonly [text: string, ids: number[], pieces: string[], decoded: string][];
}[] = [
  {
    name: "normal pieces alone",
    model: modelBytes({ pieces: [...special, ...words] }),
    cases: [
      ["ab  a", [3, 6, 7], ["▁", "ab", "▁a"], "ab a"],
      ["abé漢a", [3, 6, 2, 4], ["▁", "ab", "é漢", "a"], "ab ⁇ a"],
      ["</s>ab", [3, 2, 6], ["▁", "</s>", "ab"], " ⁇ ab"],
    ],
  },
  {
    name: "user-defined and unused pieces",
    model: modelBytes({
      pieces: [
        ...special,
        ...words,
        ["b c", 0, PieceType.userDefined],
        ["<x>", 0, PieceType.userDefined],
        ["abc", -1, PieceType.unused],
        ["d", -1, PieceType.unused],
      ],
    }),
    cases: [
      ["ab  c", [3, 6, 3, 8], ["▁", "ab", "▁", "c"], "ab c"],
      ["a<x>b c", [7, 11, 5, 3, 8], ["▁a", "<x>", "b", "▁", "c"], "a<x>b c"],
      ["abcd", [3, 6, 8, 2], ["▁", "ab", "c", "d"], "abc ⁇ "],
    ],
  },
  {
    name: "bytes for unknown characters",
    model: modelBytes({ pieces: [...special, ...words, ...bytePieces], byteFallback: true }),
    cases: [
      ["aé", [7, 205, 179], ["▁a", "<0xC3>", "<0xA9>"], "aé"],
      ["漢 b", [3, 240, 198, 172, 3, 5], ["▁", "<0xE6>", "<0xBC>", "<0xA2>", "▁", "b"], "漢 b"],
    ],
  },
  {
    name: "white space as it is",
    model: modelBytes({
      pieces: [...special, ...words, [" ", -2.2]],
      addDummyPrefix: false,
      removeExtraWhitespaces: false,
      escapeWhitespaces: false,
    }),
    cases: [
      ["a  b ", [4, 10, 10, 5, 10], ["a", " ", " ", "b", " "], "a  b "],
      [" a", [10, 4], [" ", "a"], " a"],
    ],
  },
  {
    name: "white space as it is, after a space",
    model: modelBytes({ pieces: [...special, ...words, ["▁▁", -2.2]], removeExtraWhitespaces: false }),
    cases: [["  a   b ", [10, 7, 3, 10, 5, 3], ["▁▁", "▁a", "▁", "▁▁", "b", "▁"], "  a   b "], [
      "",
      [],
      [],
      "",
    ]],
  },
];

for (const { name, model, cases } of kinds) {
  Deno.test(`a model with ${name}`, () => {
    const tokenizer = SentencePieceTokenizer.parse(model);
    for (const [text, ids, pieces, decoded] of cases) {
      assertEquals(tokenizer.encode(text), ids, text);
      assertEquals(tokenizer.encodePieces(text), pieces, text);
      assertEquals(tokenizer.decode(ids), decoded, text);
    }
  });
}

Deno.test("bytes that are no character decode to U+FFFD, one each", () => {
  const tokenizer = SentencePieceTokenizer.parse(
    modelBytes({ pieces: [...special, ...words, ...bytePieces], byteFallback: true }),
  );
  assertEquals(tokenizer.decode([240, 198, 172, 107, 240, 198, 3, 1]), "漢a\ufffd\ufffd ");
});

Deno.test("any text is cut, and put together again", () => {
  const random = new Generator(5);
  const numbers = random.randn([40_000]).data;
  let at = 0;
  const draw = (below: number) => Math.floor(Math.abs(numbers[at++ % numbers.length] * 1e4)) % below;
  const alphabets = [[0, 0x100], [0x300, 0x70], [0x2000, 0x70], [0xac00, 0x2ba4], [0xd800, 0x800], [
    0xf900,
    0x700,
  ], [
    0x1f300,
    0x300,
  ], [0, 0x110000]];
  for (let n = 0; n < 300; n++) {
    const text = Array.from({ length: draw(40) }, () => {
      const [first, size] = alphabets[draw(alphabets.length)];
      return draw(5) ? String.fromCodePoint(first + draw(size)) : " ";
    }).join("");
    const normalized = tiny.normalize(text);
    const pieces = tiny.encodePieces(text);
    assertEquals(pieces.join(""), normalized);
    assertEquals(tiny.decodePieces(pieces), normalized.replaceAll("▁", " ").replace(/^ /, ""));
    // Rules look at some characters at a time, so that combining marks may need further rounds.
    let settled = normalized;
    for (let round = 0, before = ""; settled !== before; round++) {
      assertLess(round, 5, JSON.stringify(text));
      before = settled;
      settled = tiny.normalize(settled.replaceAll("▁", " "));
    }
    assertEquals(tiny.encodePieces(settled.replaceAll("▁", " ")).join(""), settled);
  }
});

Deno.test("plain text is normalized once and for all", () => {
  for (const { text, normalized } of vectors.filter(({ text }) => /^[\x20-\x7e]*$/.test(text))) {
    assertEquals(tiny.normalize(normalized.replaceAll("▁", " ")), normalized, text);
  }
  assertEquals(tiny.normalize("\ud800a"), tiny.normalize("\ufffda"));
});

Deno.test("long texts and large vocabularies take little time", () => {
  const start = performance.now();
  assertEquals(tiny.encode("漢".repeat(50_000)), [3, 2]);
  assert(tiny.encode("a photo of a cat ".repeat(3_000)).length > 10_000);
  const pieces = Array.from(
    { length: 32_000 },
    (_, i): TestPiece => [`▁${i.toString(26)}${i % 7}`, -i / 1000],
  );
  const large = SentencePieceTokenizer.parse(modelBytes({ pieces: [...special, ...pieces] }));
  assertEquals(large.vocabularySize, 32_003);
  const last = pieces[31_999][0].slice(1);
  assertEquals(large.encode(`${last} ${last}`), [32_002, 32_002]);
  assertLess(performance.now() - start, 10_000); // 0.3 s on one core
});

function refused(model: Uint8Array, message: string): void {
  const error = assertThrows(() => SentencePieceTokenizer.parse(model, "a/spiece.model"), TokenizerError);
  assertEquals(error.message, `a/spiece.model: ${message}`);
}

Deno.test("a file that is cut short is refused, wherever it is cut", () => {
  const cuts = Array.from({ length: 300 }, (_, i) => Math.floor(bytes.length * i / 300));
  for (const length of [...cuts, 1, 2, 3, bytes.length - 1, bytes.length - 2, bytes.length - 1000]) {
    const error = assertThrows(
      () => SentencePieceTokenizer.parse(bytes.subarray(0, length), path),
      TokenizerError,
      undefined,
      `${length}`,
    );
    assert(error.message.startsWith(`${path}: `) && !error.message.includes("\n"), error.message);
  }
});

Deno.test("a file with a byte changed is read or refused, never more", () => {
  for (let i = 0; i < 200; i++) {
    const changed = bytes.slice();
    changed[Math.floor(bytes.length * i / 200)] ^= 1 << (i % 8);
    let tokenizer: SentencePieceTokenizer;
    try {
      tokenizer = SentencePieceTokenizer.parse(changed, path);
    } catch (error) {
      assert(error instanceof TokenizerError, `${error}`);
      continue;
    }
    for (const text of ["a photo of a cat", "Ａ ﬁ é 漢 ½ ㈱ \u0344"]) {
      tokenizer.decode(tokenizer.encode(text));
    }
  }
});

Deno.test("models of other kinds, and other files, are refused in one line", () => {
  refused(new Uint8Array(), "no pieces in 0 bytes where a SentencePiece model is expected");
  refused(new Uint8Array(64), "no pieces in 64 bytes where a SentencePiece model is expected");
  refused(modelBytes({ modelType: 2 }), "the type of the model is BPE where unigram is expected");
  refused(modelBytes({ modelType: 9 }), "the type of the model is unknown (9) where unigram is expected");
  for (
    const text of [
      "version https://git-lfs.github.com/spec/v1\n",
      "<!doctype html>",
      '{"a": 1}',
      "PK\x03\x04",
    ]
  ) {
    const file = new TextEncoder().encode(text);
    const error = assertThrows(() => SentencePieceTokenizer.parse(file, "x"), TokenizerError);
    assert(/^x: .* where a SentencePiece model is expected$/.test(error.message), error.message);
  }
  // Nothing but the beginnings of groups.
  assertThrows(() => SentencePieceTokenizer.parse(new Uint8Array(1e6).fill(0x0b), "x"), TokenizerError);
});

Deno.test("a vocabulary that cannot be is refused", () => {
  const pieces = [...special, ...words];
  refused(modelBytes({ pieces: words }), "0 unknown pieces where one is expected");
  refused(modelBytes({ pieces: [...special, ["?", 0, 2]] }), "2 unknown pieces where one is expected");
  refused(modelBytes({ pieces: special }), "no normal piece among 3");
  refused(modelBytes({ pieces: [...pieces, ["ab", -1]] }), '"ab" is piece 6 and again piece 10');
  refused(modelBytes({ pieces: [...pieces, ["", -1]] }), "piece 10 is empty");
  refused(
    modelBytes({ pieces: [...pieces, ["x", NaN]] }),
    "piece 10 has the score NaN where a number is expected",
  );
  refused(
    modelBytes({ pieces: [...pieces, ["x", 0, 7]] }),
    "piece 10 has the type 7 where 1 to 6 is expected",
  );
  refused(
    modelBytes({ pieces: [...pieces, ...bytePieces] }),
    "256 pieces of bytes, but byte_fallback is false",
  );
  refused(
    modelBytes({ pieces: [...pieces, ...bytePieces.slice(1)], byteFallback: true }),
    "255 of the pieces <0x00> to <0xFF>, and 255 of their type, where 256 are expected",
  );
  refused(
    modelBytes({ pieces: [...pieces, ["x".repeat(9 * 2 ** 20), -1]] }),
    "9437215 bytes of pieces where at most 8388608 are expected",
  );
});

Deno.test("damaged rules for characters are refused", () => {
  const pieces = [...special, ...words];
  const charsmap = (size: number, units: number[], rest: number[]) => {
    const array = new Uint8Array(Uint32Array.of(size, ...units).buffer);
    return modelBytes({ pieces, charsmap: Uint8Array.from([...array, ...rest]) });
  };
  const size = (bytes: number, of: number) =>
    `normalizer: charsmap: an array of ${bytes} bytes where a multiple of 4 that fits in ${of} bytes is expected`;
  refused(modelBytes({ pieces, charsmap: Uint8Array.of(1, 2) }), size(0, 2));
  refused(charsmap(0, [], [0]), size(0, 5));
  refused(charsmap(6, [0, 0], [0]), size(6, 13));
  refused(charsmap(8, [0, 0], []), size(8, 12));
  refused(charsmap(0xffffffff, [0], [0]), size(0xffffffff, 9));
  refused(charsmap(4, [0], [65]), "normalizer: charsmap: the replacements do not end with a zero byte");
  refused(
    charsmap(8, [0, 0x80000005], [65, 0]),
    "normalizer: charsmap: replacement at 5 where there are 2 bytes",
  );
  // An array whose nodes lead out of it has no rules there.
  const wild = SentencePieceTokenizer.parse(charsmap(8, [0xfffff << 10 >>> 0, 0], [65, 0]));
  assertEquals(wild.encodePieces("ab"), ["▁", "ab"]);
});

Deno.test("a file that cannot be read is refused by its name", async () => {
  const missing = await assertRejects(() => SentencePieceTokenizer.open("tests/no.model"), TokenizerError);
  assertEquals(missing.message, "tests/no.model: does not exist");
  const folder = await assertRejects(() => SentencePieceTokenizer.open("tests"), TokenizerError);
  assert(folder.message.startsWith("tests: cannot be read: "), folder.message);
  const large = await Deno.makeTempFile();
  try {
    await Deno.truncate(large, 2 ** 26 + 1);
    await assertRejects(
      () => SentencePieceTokenizer.open(large),
      TokenizerError,
      "67108865 bytes where a model of at most 67108864 is expected",
    );
  } finally {
    await Deno.remove(large);
  }
});

// The vocabulary of T5 is not part of this repository; where somebody has put it, it is tried.
const t5 = "models/t5/spiece.model";
const hasT5 = await Deno.stat(t5).then(() => true, () => false);

Deno.test({ name: "T5's own vocabulary", ignore: !hasT5 }, async () => {
  const tokenizer = await SentencePieceTokenizer.open(t5);
  const cases: readonly [string, number[]][] = [
    ["How are you doing?", [571, 33, 25, 692, 58]],
    ["hello world", [21820, 296]],
    ["I bought an apple for $1.00 at the store.", [27, 2944, 46, 8947, 21, 1970, 4200, 44, 8, 1078, 5]],
    ["生活的真谛是", [3, 2]],
    [
      "test $1 R2 #3 €4 £5 ¥6 ₣7 ₹8 ₱9 test",
      // deno-fmt-ignore
      [794, 1970, 391, 357, 20206, 3416, 591, 23978, 3, 2, 948, 3, 2, 940, 3, 2, 927, 3, 2, 1298, 794],
    ],
    ["you…  ", [25, 233]],
    ["   leading space", [1374, 628]],
    ["UNwant\u00e9d,running", [4417, 3877, 2229, 26, 6, 24549]],
  ];
  for (const [text, ids] of cases) assertEquals(tokenizer.encode(text), ids, text);
});
