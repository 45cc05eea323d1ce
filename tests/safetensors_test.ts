import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../lib/checkpoints/half.ts";
import {
  type Dtype,
  encodeSafetensors,
  parseSafetensors,
  readHeader,
  SafetensorsError,
  SafetensorsFile,
  type TypedTensor,
  writeSafetensors,
} from "../lib/checkpoints/safetensors.ts";
import type { Tensor, TensorData } from "../lib/tensor.ts";

const fixtures = new URL("./fixtures/", import.meta.url);

/** Runs a test in a folder of its own. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file from the text of its header and a number of zero bytes. */
function craft(header: string | Uint8Array, dataLength = 0, headerLength?: number | bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

// ------------------------------------------------------------------------------------------------- half precision

Deno.test("binary16: every number survives the way to float32 and back", () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  const back = float32ToFloat16(float16ToFloat32(all));
  // NaN stay NaN with their sign and payload, but become quiet.
  const expected = all.map((h) => (h & 0x7fff) > 0x7c00 ? h | 0x200 : h);
  assertEquals(back, expected);
});

Deno.test("binary16 to float32: known values", () => {
  const halves = new Uint16Array([
    0x0000,
    0x8000,
    0x0001,
    0x03ff,
    0x0400,
    0x3c00,
    0xc000,
    0x7bff,
    0x7c00,
    0xfc00,
    0x7e00,
  ]);
  const expected = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -2, 65504, Infinity, -Infinity, NaN];
  assertEquals(float16ToFloat32(halves), new Float32Array(expected));
});

Deno.test("float32 to binary16 rounds to nearest, ties to even", () => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 0x3c00], // tie, down to even
    [1 + 3 * 2 ** -11, 0x3c02], // tie, up to even
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [65536, 0x7c00],
    [-1e30, 0xfc00],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -25, 0x0000], // tie of subnormal numbers
    [2 ** -25 * 1.0001, 0x0001],
    [3 * 2 ** -25, 0x0002],
    [-(2 ** -24), 0x8001],
    [2 ** -14 - 2 ** -26, 0x0400], // rounds up to a normal number
    [1e-30, 0x0000],
    [-0, 0x8000],
  ];
  const actual = float32ToFloat16(new Float32Array(cases.map(([value]) => value)));
  assertEquals(actual, new Uint16Array(cases.map(([, half]) => half)));
  assertEquals(float32ToFloat16(new Float32Array([NaN])), new Uint16Array([0x7e00]));
});

Deno.test("bfloat16: every number survives, rounding is to nearest even, also in part of an array", () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  assertEquals(
    float32ToBfloat16(bfloat16ToFloat32(all)),
    all.map((h) => (h & 0x7fff) > 0x7f80 ? h | 0x40 : h),
  );
  const values = new Float32Array([9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, -3.4028235e38, NaN, -0]);
  const expected = [0x3f80, 0x3f82, 0x7f80, 0xff80, 0x7fc0, 0x8000];
  assertEquals(float32ToBfloat16(values.subarray(1)), new Uint16Array(expected));
  assertEquals(float32ToFloat16(values.subarray(1, 3)), new Uint16Array([0x3c04, 0x3c0c]));
});

// -------------------------------------------------------------------------------------------------------- fixtures

for (
  const file of [
    "torch_randn",
    "ddpm_learned_range",
    "schedulers",
    "mnist_class",
    "mnist_denoiser",
    "mnist_time",
  ]
) {
  Deno.test(`a file of the reference implementation: ${file}`, async () => {
    const url = new URL(`${file}.safetensors`, fixtures);
    const bytes = await Deno.readFile(url);
    const inMemory = parseSafetensors(bytes);
    const onDisk = await SafetensorsFile.open(url);
    assertEquals(onDisk.tensors, inMemory.tensors);
    assertEquals((await readHeader(url)).tensors, inMemory.tensors);

    const again: Record<string, Tensor<TensorData>> = {};
    for (const { name, dtype, shape, offset, length } of inMemory.tensors.values()) {
      assertEquals(await onDisk.readRaw(name), bytes.slice(offset, offset + length));
      again[name] = dtype === "I64" ? await onDisk.readBigIntegers(name) : await onDisk.read(name);
      assertEquals(again[name], dtype === "I64" ? inMemory.readBigIntegers(name) : inMemory.read(name));
      assertEquals(again[name].shape, shape);
    }
    assertEquals(encodeSafetensors(again), bytes); // byte for byte
  });
}

Deno.test("values of a fixture", async () => {
  const file = await SafetensorsFile.open(new URL("ddpm_learned_range.safetensors", fixtures));
  assertEquals(await file.readIntegers("timesteps"), {
    data: new Int32Array([800, 600, 400, 200, 0]),
    shape: [5],
  });
  const { data, shape } = await file.read("betas");
  assertEquals(shape, [1000]);
  assert(data.every((beta) => beta > 0 && beta < 1));
});

// ------------------------------------------------------------------------------------------------------ round trips

const samples: Record<Dtype, TypedTensor["data"]> = {
  F64: new Float64Array([Math.PI, -0, Infinity, 1e300]),
  F32: new Float32Array([1.5, -2.25, NaN, 3e38]),
  F16: new Uint16Array([0x3c00, 0x0001, 0x7c00, 0xc000]),
  BF16: new Uint16Array([0x3f80, 0x0001, 0x7f80, 0xc000]),
  I64: new BigInt64Array([0n, -1n, 2n ** 62n, 7n]),
  I32: new Int32Array([0, -1, 2 ** 31 - 1, 7]),
  I16: new Int16Array([0, -1, 32767, 7]),
  I8: new Int8Array([0, -1, 127, 7]),
  U8: new Uint8Array([0, 1, 255, 7]),
  BOOL: new Uint8Array([0, 1, 1, 0]),
};

for (const [dtype, data] of Object.entries(samples) as [Dtype, TypedTensor["data"]][]) {
  Deno.test(`round trip of ${dtype}`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/a.safetensors`;
      const tensors = {
        x: { dtype, shape: [2, 2], data },
        odd: { dtype: "U8", shape: [], data: new Uint8Array(1) },
      };
      await writeSafetensors(path, tensors as Record<string, TypedTensor>, { metadata: { made: "här" } });
      const file = await SafetensorsFile.open(path);
      assertEquals(file.metadata, { made: "här" });
      assertEquals(file.tensors.get("x")?.dtype, dtype);
      assertEquals(file.tensors.get("x")?.shape, [2, 2]);
      assertEquals(file.tensors.get("odd")?.shape, []);
      assertEquals(await file.readRaw("x"), new Uint8Array(data.buffer));

      if (dtype === "I64") {
        assertEquals((await file.readBigIntegers("x")).data, data as BigInt64Array);
        await assertRejects(
          () => file.readIntegers("x"),
          SafetensorsError,
          'tensor "x": 4611686018427387904 at 2 is beyond',
        );
      } else if (/^I|U8|BOOL/.test(dtype)) {
        assertEquals((await file.readIntegers("x")).data, Int32Array.from(data as Int32Array));
        await assertRejects(
          () => file.readBigIntegers("x"),
          SafetensorsError,
          `"x" is ${dtype} where I64 is expected`,
        );
      }
      if (/F/.test(dtype)) {
        const floats = dtype === "F16"
          ? float16ToFloat32(data as Uint16Array)
          : dtype === "BF16"
          ? bfloat16ToFloat32(data as Uint16Array)
          : Float32Array.from(data as Float64Array);
        assertEquals((await file.read("x")).data, floats);
        await assertRejects(() => file.readIntegers("x"), SafetensorsError, `"x" is ${dtype} where I64, I32`);
      } else {
        await assertRejects(
          () => file.read("x"),
          SafetensorsError,
          `"x" is ${dtype} where F64, F32, F16 or BF16`,
        );
      }
      assertEquals(
        await Deno.readFile(path),
        encodeSafetensors(tensors as Record<string, TypedTensor>, {
          metadata: { made: "här" },
        }),
      );
    }));
}

Deno.test("float32 tensors are stored as the type that is asked for", () => {
  const data = new Float32Array([1.5, 65520, 2 ** -24, -1 / 3]);
  const x = { data, shape: [4] };
  const stored = (dtype: "F64" | "F32" | "F16" | "BF16") =>
    parseSafetensors(encodeSafetensors({ x }, { dtype })).read("x").data;
  assertEquals(stored("F64"), data);
  assertEquals(stored("F32"), data);
  assertEquals(stored("F16"), new Float32Array([1.5, Infinity, 2 ** -24, -0.333251953125]));
  assertEquals(stored("BF16"), new Float32Array([1.5, 65536, 2 ** -24, -0.333984375]));
});

Deno.test("wide elements are written first, then by name; the header is padded to eight bytes", () => {
  const bytes = encodeSafetensors({
    b: { data: new Float32Array(1), shape: [1] },
    "10": { data: new Float32Array(1), shape: [] },
    "9": { data: new Uint8Array(3), shape: [3] },
    a: { data: new Float32Array(0), shape: [0, 2] },
    z: { data: new BigInt64Array(1), shape: [1] },
    h: { dtype: "F16", data: new Uint16Array(1), shape: [1] },
  }, { metadata: { format: "pt" } });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assertEquals(length % 8, 0);
  const expected = '{"__metadata__":{"format":"pt"},"z":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
    '"10":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"a":{"dtype":"F32","shape":[0,2],"data_offsets":[12,12]},' +
    '"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"h":{"dtype":"F16","shape":[1],"data_offsets":[16,18]},' +
    '"9":{"dtype":"U8","shape":[3],"data_offsets":[18,21]}}';
  assertEquals(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(), expected);
  assertEquals([...parseSafetensors(bytes).tensors.values()].map((entry) => entry.offset - 8 - length), [
    0,
    8,
    12,
    12,
    16,
    18,
  ]);
});

Deno.test("no tensors at all, and names that JavaScript finds special", () => {
  assertEquals(parseSafetensors(encodeSafetensors({})).tensors.size, 0);
  assertEquals(parseSafetensors(craft("{}")).metadata, {});
  const names = ["__proto__", "constructor", 'quoted "name"', "back\\slash", "{[:,", "ünï\n"];
  const x = { data: new Float32Array([1]), shape: [1] };
  const parsed = parseSafetensors(encodeSafetensors(Object.fromEntries(names.map((name) => [name, x]))));
  assertEquals([...parsed.tensors.keys()].sort(), names.sort());
  for (const name of names) assertEquals(parsed.read(name), x);
});

Deno.test("tensors in a file that does not align them", () => {
  const header =
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}';
  const bytes = craft(header, 5);
  new DataView(bytes.buffer).setFloat32(bytes.length - 4, 2.5, true);
  assertEquals(parseSafetensors(bytes).read("b").data, new Float32Array([2.5]));
  const copy = parseSafetensors(bytes).read("b").data;
  copy[0] = 3;
  assertEquals(parseSafetensors(bytes).read("b").data, new Float32Array([2.5]), "reading must copy");
});

Deno.test("unknown keys of a tensor are ignored, as by the reference", () => {
  const header = '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":"x"}} \n ';
  assertEquals(parseSafetensors(craft(header, 1)).tensors.size, 1);
});

Deno.test("metadata that is null is none", () => {
  const file = parseSafetensors(
    craft('{"__metadata__":null,"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  );
  assertEquals([file.metadata, file.tensors.size], [{}, 1]);
});

Deno.test("what git, a server or PyTorch leaves in the place of weights is named, on a disk and in memory", async () => {
  const cases: Record<string, string> = {
    "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 123\n": "a Git LFS pointer",
    "<!doctype html><html><body>Access denied</body></html>": "an HTML page",
    "\ufeff\n<HTML>": "an HTML page",
    '{"error":"Repository not found"}': "JSON",
    "{}": "JSON",
    "PK\u0003\u0004\u0000\u0000\u0008\u0008archive/data.pkl": "a zip archive",
  };
  const path = await Deno.makeTempFile();
  try {
    for (const [text, what] of Object.entries(cases)) {
      const bytes = new TextEncoder().encode(text);
      assertThrows(() => parseSafetensors(bytes, "f"), SafetensorsError, `f: ${what}`);
      await Deno.writeFile(path, bytes);
      await assertRejects(() => SafetensorsFile.open(path), SafetensorsError, `${path}: ${what}`);
    }
  } finally {
    await Deno.remove(path);
  }
});

// ------------------------------------------------------------------------------------------------- malformed files

const entry = (begin: number, end: number, shape: number[] = [end - begin], dtype = "U8") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const malformed: Record<string, [bytes: Uint8Array, message: string]> = {
  "an empty file": [new Uint8Array(0), "f: 0 bytes where at least 8 are expected"],
  "truncated in the length": [new Uint8Array(7), "f: 7 bytes where at least 8 are expected"],
  "truncated in the header": [
    craft(`{"a":${entry(0, 4)}}`, 4).subarray(0, 20),
    "f: the file ends at byte 20, within its",
  ],
  "truncated in the data": [
    craft(`{"a":${entry(0, 4)}}`, 3),
    'f: 64 bytes where 65 are expected; it is truncated, tensor "a" is not whole',
  ],
  "a header over the limit": [
    craft("{}", 0, 100_000_001),
    "f: a header of 100000001 bytes where at most 100000000",
  ],
  "a header length of 64 bits": [
    craft("{}", 0, 2n ** 64n - 1n),
    "f: a header of 18446744073709551615 bytes where at most",
  ],
  "an empty header": [craft(""), 'f: the header begins with "" where "{" is expected'],
  "a header that is no object": [craft("[]"), 'f: the header begins with "[" where "{" is expected'],
  "a header that begins with a space": [craft(" {}"), 'f: the header begins with " " where "{" is expected'],
  "a byte order mark": [craft("\ufeff{}"), "f: the header begins with"],
  "invalid UTF-8": [craft(new Uint8Array([0x7b, 0xff, 0x7d])), "f: the header is not valid UTF-8"],
  "bad JSON": [craft(`{"a":${entry(0, 4)},\n}`, 4), "f: the header is not valid JSON: "],
  "bad JSON, an open string": [craft('{"a'), "f: the header is not valid JSON: "],
  "bad JSON, brackets that do not match": [craft('{"a":]:1}'), "f: the header is not valid JSON: "],
  "bad JSON, an invalid escape": [craft('{"\\x":1}'), "f: the header is not valid JSON: "],
  "deep nesting": [craft(`{"a":${"[".repeat(1e6)}`), "f: the header is nested more than 128 levels deep"],
  "an overlap": [
    craft(`{"a":${entry(0, 4)},"b":${entry(2, 6)}}`, 6),
    'f: tensor "b" overlaps tensor "a": it begins at data byte 2 where 4 is expected',
  ],
  "a hole": [
    craft(`{"b":${entry(6, 8)},"a":${entry(0, 4)}}`, 8),
    'f: tensor "b" leaves a hole of 2 bytes after tensor "a": it begins at data byte 6 where 4 is expected',
  ],
  "a hole at the start": [
    craft(`{"a":${entry(1, 2)}}`, 2),
    'f: tensor "a" leaves a hole of 1 bytes after the header',
  ],
  "trailing bytes": [
    craft(`{"a":${entry(0, 4)}}`, 6),
    'f: 67 bytes where 65 are expected; 2 bytes follow tensor "a"',
  ],
  "trailing bytes without tensors": [
    craft("{}", 1),
    "f: 11 bytes where 10 are expected; 1 bytes follow the header",
  ],
  "an unknown dtype": [
    craft(`{"a":${entry(0, 4, [4], "U128")}}`, 4),
    'f: tensor "a": dtype "U128" where one of I64, F64',
  ],
  "a missing dtype": [
    craft('{"a":{"shape":[],"data_offsets":[0,1]}}', 1),
    'f: tensor "a": dtype undefined where',
  ],
  "a wrong size": [
    craft(`{"a":${entry(0, 4, [2], "F32")}}`, 4),
    'f: tensor "a": 4 bytes where 8 are expected for shape [2] of F32',
  ],
  "a duplicate name": [
    craft(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4),
    'f: tensor "a" is named twice',
  ],
  "a duplicate key": [
    craft('{"a":{"dtype":"U8","dtype":"I8","shape":[],"data_offsets":[0,1]}}', 1),
    'f: tensor "a" has two entries "dtype"',
  ],
  "metadata that are no object": [
    craft('{"__metadata__":["a"]}'),
    'f: __metadata__: ["a"] where an object is expected',
  ],
  "metadata that are not strings": [
    craft('{"__metadata__":{"step":1}}'),
    'f: __metadata__: "step" is 1 where a string is expected',
  ],
  "a shape that overflows": [
    craft(`{"a":${entry(0, 4, [2 ** 40, 2 ** 40])}}`, 4),
    'f: tensor "a": shape [1099511627776,1099511627776] of U8 has more bytes than can be counted',
  ],
  "a shape that overflows before a zero": [
    craft(`{"a":${entry(0, 0, [2 ** 40, 2 ** 40, 0])}}`),
    "has more bytes than can be counted",
  ],
  "a negative size": [
    craft(`{"a":${entry(0, 4, [-4])}}`, 4),
    'f: tensor "a": -4 where a whole number is expected',
  ],
  "a fraction": [
    craft('{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', 1),
    'f: tensor "a": 1.0 where a whole',
  ],
  "a size beyond 2^53": [
    craft('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]}}', 1),
    'f: tensor "a": shape [9007199254740992] where a list of whole numbers is expected',
  ],
  "a shape that is no list": [
    craft('{"a":{"dtype":"U8","shape":"1","data_offsets":[0,1]}}', 1),
    'shape "1" where a list',
  ],
  "an end before the begin": [
    craft('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}', 1),
    "data_offsets [1,0] where",
  ],
  "three offsets": [
    craft('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1),
    "data_offsets [0,1,2] where",
  ],
  "a tensor that is no object": [craft('{"a\\n":7}'), 'f: tensor "a\\n": 7 where an object is expected'],
  "a name that is not Unicode": [craft(`{"\\ud800":${entry(0, 1)}}`, 1), "the name is not Unicode"],
};

for (const [what, [bytes, message]] of Object.entries(malformed)) {
  Deno.test(`refused, in memory and on a disk: ${what}`, () =>
    inFolder(async (folder) => {
      const error = assertThrows(() => parseSafetensors(bytes, "f"), SafetensorsError, message);
      assertEquals(error.name, "SafetensorsError");
      assertMatch(error.message, /^f: [^\n]+$/);
      const path = `${folder}/f`;
      await Deno.writeFile(path, bytes);
      const onDisk = await assertRejects(() => SafetensorsFile.open(path), SafetensorsError);
      assertEquals(onDisk.message, folder + "/" + error.message);
    }));
}

Deno.test("a file that is missing, a tensor that is missing, a folder", () =>
  inFolder(async (folder) => {
    const missing = await assertRejects(
      () => SafetensorsFile.open(`${folder}/none`),
      SafetensorsError,
      `${folder}/none: cannot be opened: `,
    );
    assert(missing.cause instanceof Deno.errors.NotFound);
    await assertRejects(() => readHeader(folder), SafetensorsError, `${folder}: cannot be `);
    const path = `${folder}/a`;
    await writeSafetensors(path, { a: { data: new Float32Array(1), shape: [1] } });
    const file = await SafetensorsFile.open(path);
    await assertRejects(() => file.read("b"), SafetensorsError, `${path}: no tensor "b" among its 1`);
    assertThrows(
      () => parseSafetensors(craft("{}")).read("b"),
      SafetensorsError,
      'safetensors: no tensor "b"',
    );
  }));

Deno.test("a file that changes after it was opened is not read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    await writeSafetensors(path, { a: { data: new Float32Array(4), shape: [4] } });
    const file = await SafetensorsFile.open(path);
    await writeSafetensors(path, { a: { data: new Float32Array(5), shape: [5] } });
    await assertRejects(
      () => file.read("a"),
      SafetensorsError,
      'tensor "a": the file was changed since it was opened',
    );
  }));

Deno.test("reads may run side by side", async () => {
  const file = await SafetensorsFile.open(new URL("mnist_time.safetensors", fixtures));
  const names = [...file.tensors.keys()].slice(0, 40);
  const raw = await Promise.all(names.map((name) => file.readRaw(name)));
  for (const [i, name] of names.entries()) assertEquals(raw[i], await file.readRaw(name));
});

// ---------------------------------------------------------------------------------------------------------- writing

Deno.test("what cannot be written is refused by name", () => {
  const x = { data: new Float32Array(2), shape: [2] };
  const refuse = (tensors: Record<string, unknown>, message: string) => {
    const error = assertThrows(
      () => encodeSafetensors(tensors as Record<string, Tensor>),
      SafetensorsError,
      message,
    );
    assertStringIncludes(error.message, "safetensors: ");
  };
  refuse({ __metadata__: x }, 'tensor "__metadata__": the name is reserved');
  refuse({ "\ud800": x }, "the name is not Unicode");
  refuse({ a: { ...x, shape: [3] } }, 'tensor "a": shape [3] where one of 2 elements is expected');
  refuse({ a: { ...x, shape: [-1, -2] } }, 'tensor "a": shape [-1,-2] where');
  refuse({ a: { ...x, dtype: "I64" } }, 'tensor "a": Float32Array where the array of I64 is expected');
  refuse({ a: { ...x, dtype: "U128" } }, 'tensor "a": dtype "U128" where one of');
  refuse(
    { a: { data: new Uint16Array(2), shape: [2] } },
    'tensor "a": no dtype where F16 or BF16 is expected',
  );
  refuse(
    { a: { data: new Uint8Array([2]), shape: [1], dtype: "BOOL" } },
    "Uint8Array where a Uint8Array of 0 and 1",
  );
  assertThrows(
    () => encodeSafetensors({}, { metadata: { step: 1 as unknown as string } }),
    SafetensorsError,
    'metadata: "step" is 1 where a string is expected',
  );
});

const names = (folder: string) => Array.from(Deno.readDirSync(folder), (item) => item.name);

Deno.test("a write replaces the file and leaves nothing else", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    await Deno.writeTextFile(path, "old");
    await writeSafetensors(new URL(`file://${path}`), { a: { data: new Float32Array([7]), shape: [1] } });
    assertEquals((await (await SafetensorsFile.open(path)).read("a")).data, new Float32Array([7]));
    assertEquals(names(folder), ["a.safetensors"]);
  }));

Deno.test("a write that fails leaves the former file and nothing else", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    const good = { data: new Float32Array(1), shape: [1] };
    await Deno.writeTextFile(path, "old");
    // The last tensor fails only when its turn to be converted comes, after the first was written.
    let reads = 0;
    const failing = {
      shape: [1],
      dtype: "F16" as const,
      get data(): Float32Array {
        return new Proxy(new Float32Array(1), {
          get(target, key) {
            if (key === "buffer") throw new Error(`disk on fire ${++reads}`);
            return Reflect.get(target, key, target);
          },
        });
      },
    };
    await assertRejects(
      () => writeSafetensors(path, { good, failing }),
      SafetensorsError,
      `${path}: cannot be written: disk on fire`,
    );
    assertStrictEquals(reads, 1);
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(names(folder), ["a.safetensors"]);
  }));

Deno.test("a write to a folder that is missing, or to the name of a folder, fails and leaves nothing", () =>
  inFolder(async (folder) => {
    const tensors = { a: { data: new Float32Array(1), shape: [1] } };
    const missing = `${folder}/none/a.safetensors`;
    await assertRejects(
      () => writeSafetensors(missing, tensors),
      SafetensorsError,
      `${missing}: cannot be written: `,
    );
    assertEquals(names(folder), []);
    await Deno.mkdir(`${folder}/taken/inner`, { recursive: true });
    await assertRejects(
      () => writeSafetensors(`${folder}/taken`, tensors),
      SafetensorsError,
      `${folder}/taken: cannot be written: `,
    );
    assertEquals(names(folder), ["taken"]);
  }));

Deno.test("a write to a folder without permission fails and leaves nothing", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    await Deno.chmod(folder, 0o500);
    try {
      const forbidden = await Deno.writeTextFile(`${folder}/probe`, "").then(() => false, () => true);
      if (!forbidden) return; // the system's administrator may write everywhere
      const tensors = { a: { data: new Float32Array(1), shape: [1] } };
      await assertRejects(
        () => writeSafetensors(path, tensors),
        SafetensorsError,
        `${path}: cannot be written: `,
      );
      assertEquals(names(folder), []);
    } finally {
      await Deno.chmod(folder, 0o700);
    }
  }));
