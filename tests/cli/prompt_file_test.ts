/** Files of prompts as editors save them. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ArgumentError } from "../../lib/argument_error.ts";
import { readPrompts } from "../../cli/sample/prompt_file.ts";
import { decodeUserText, EncodingError } from "../../lib/text/user_text.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(bytes.buffer);
  [0xfeff, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))]
    .forEach((unit, i) => view.setUint16(2 * i, unit, little));
  return bytes;
};
const input = (name: string) => new URL(`../fixtures/inputs/${name}`, import.meta.url).pathname;

async function promptsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await readPrompts(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a text is UTF-8 or UTF-16, and its mark is no part of it", () => {
  const text = "a fox, 雪山 🏔️\r\né";
  for (
    const bytes of [
      utf8(text),
      Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8(text)),
      utf16(text, true),
      utf16(text, false),
    ]
  ) {
    assertEquals(decodeUserText(bytes), text);
  }
  for (const empty of [[], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]]) {
    assertEquals(decodeUserText(Uint8Array.from(empty)), "");
  }
});

Deno.test("what is no text is refused with the byte's place", () => {
  const half = "\ud83d";
  const cases: [string, Uint8Array, string][] = [
    [
      "Latin-1",
      Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a),
      "0xe9 at byte 3 where text in UTF-8, or in UTF-16",
    ],
    ["Latin-1 at the end", Uint8Array.of(...utf8("雪 caf"), 0xe9), "0xe9 at byte 7 where"],
    ["Latin-1 behind a mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xfc, 0x62), "0xfc at byte 4 where"],
    ["a character cut short", utf8("a 雪").subarray(0, 4), "0xe9 at byte 2 where"],
    ["a stray byte", Uint8Array.of(0x61, 0x80), "0x80 at byte 1 where"],
    ["an overlong character", Uint8Array.of(0x61, 0xc0, 0xaf), "0xc0 at byte 1 where"],
    ["UTF-16 without its mark", utf16("ab", true).subarray(2), "0x00 at byte 1 where"],
    ["UTF-16 without its mark, big-endian", utf16("ab", false).subarray(2), "0x00 at byte 0 where"],
    ["UTF-16 of an odd length", utf16("ab", true).subarray(0, 5), "the end at byte 5 where"],
    ["half a pair", utf16(`a${half}b`, true), "0x3d at byte 4 where"],
    ["half a pair, big-endian", utf16(`😀${half}`, false), "0xd8 at byte 6 where"],
    ["UTF-32", Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), "0x00 at byte 2 where"],
  ];
  for (const [name, bytes, message] of cases) {
    assertThrows(() => decodeUserText(bytes), EncodingError, message, name);
  }
});

Deno.test("prompts: a line each, in every encoding, with every end of a line", async () => {
  const lines = [
    "# a comment",
    "a fox",
    "",
    "  # another",
    "a sign that says we are #1.",
    "\\# 1",
    "C# code #tag",
  ];
  const prompts = ["a fox", "a sign that says we are #1.", "# 1", "C# code #tag"];
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = lines.join(end) + end;
    for (const bytes of [utf8(text), utf8(`\ufeff${text}`), utf16(text, true), utf16(text, false)]) {
      assertEquals(await promptsOf(bytes), prompts);
    }
  }
  assertEquals(await promptsOf(utf8(" \\#1\n\\\\#2\na \\# b")), ["#1", "\\\\#2", "a \\# b"]);
});

Deno.test("prompts: files that were found in use", async () => {
  assertEquals(await readPrompts(input("prompts_bom.txt")), [
    "a fox",
    "a sign that says we are #1",
    "a cat",
  ]);
  assertEquals(await readPrompts(input("prompts_u16.txt")), ["a fox"]);
  const path = input("prompts_latin1.txt");
  await assertRejects(
    () => readPrompts(path),
    ArgumentError,
    `prompts_latin1.txt": 0xe9 at byte 3 where text in UTF-8`,
  );
  await assertRejects(() => promptsOf(utf8("# nothing\n\n")), ArgumentError, "without a prompt");
  await assertRejects(
    () => readPrompts("/nonexistent"),
    ArgumentError,
    'prompts: "/nonexistent" where a text file',
  );
});
