import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { float16ToFloat32, float32ToFloat16 } from "../lib/checkpoints/half.ts";
import { parseSafetensors } from "../lib/checkpoints/safetensors.ts";
import { Generator } from "../lib/random.ts";
import { showValue } from "../lib/show_value.ts";

const recorded = parseSafetensors(
  Deno.readFileSync(new URL("./fixtures/torch_randn.safetensors", import.meta.url)),
);

function assertClose(actual: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assertAlmostEquals(actual[i], expected[i], tolerance, `element ${i}`);
  }
}

for (
  const [name, seed] of [["s0_n12", 0], ["s0_n16", 0], ["s0_n20", 0], ["s42_n64", 42], [
    "s123_n12288",
    123,
  ]] as const
) {
  Deno.test(`randn equals torch.randn: ${name}`, () => {
    const { data, shape } = recorded.read(name);
    assertClose(new Generator(seed).randn(shape).data, data, 1e-6);
  });
}

Deno.test("randn below 16 elements equals torch.randn to the bit", () => {
  assertEquals(new Generator(0).randn([3, 4]).data, recorded.read("s0_n12").data);
});

Deno.test("randn rounded to float16 equals torch.randn in float16", () => {
  const { data, shape } = recorded.read("half_16"); // seed 0, kept as float32
  const rounded = float16ToFloat32(float32ToFloat16(new Generator(0).randn(shape).data));
  assertClose(rounded, data, 0);
});

Deno.test("consecutive randn: the waiting normal number outlives a call that fills blocks", () => {
  const generator = new Generator(0);
  for (const name of ["seq_a_3", "seq_b_20", "seq_c_3"]) {
    const { data, shape } = recorded.read(name);
    assertClose(generator.randn(shape).data, data, 1e-6);
  }
});

Deno.test("randn of seed 42 begins as recorded", () => {
  const few = [
    0.3367,
    0.1288,
    0.2345,
    0.2303,
    -1.1229,
    -0.1863,
    2.2082,
    -0.6380,
    0.4617,
    0.2674,
    0.5349,
    0.8094,
  ];
  assertClose(new Generator(42).randn([12]).data, few, 6e-5);
  const many = [1.9269, 1.4873, 0.9007, -2.1055, 0.6784, -1.2345, -0.0431, -1.6047];
  assertClose(new Generator(42).randn([2, 16]).data.subarray(0, 8), many, 6e-5);
});

Deno.test("rand equals torch.rand", () => {
  assertClose(new Generator(0).rand([5]).data, [0.4963, 0.7682, 0.0885, 0.1320, 0.3074], 6e-5);
});

Deno.test("a sequence goes on across renewals of the words, however it is cut", () => {
  const whole = new Generator(3).rand([2000]).data;
  const generator = new Generator(3);
  const parts = [1, 623, 1, 624, 700, 51].flatMap((n) => [...generator.rand([n]).data]);
  assertEquals(new Float32Array(parts), whole);
});

Deno.test("only a seed's low 32 bits count", () => {
  assertClose(new Generator(-1).randn([4]).data, [1.2198, -0.3930, 1.0231, -0.3734], 6e-5);
  assertEquals(new Generator(2 ** 32 - 1).rand([4]), new Generator(-1).rand([4]));
  assertEquals(new Generator(2 ** 32 + 5).rand([4]), new Generator(5).rand([4]));
  assertEquals(new Generator(2n ** 64n - 1n).rand([4]), new Generator(-1).rand([4]));
});

Deno.test("a seed that is no integer is refused", () => {
  for (const seed of [0.5, NaN, Infinity, 2 ** 53, "1" as unknown as number]) {
    assertThrows(
      () => new Generator(seed),
      RangeError,
      `seed: ${showValue(seed)} where an integer is expected`,
    );
  }
});

Deno.test("permutation equals torch.randperm", () => {
  const expected = [12, 10, 9, 6, 11, 8, 13, 5, 2, 14, 15, 0, 4, 3, 7, 1];
  assertEquals(new Generator(0).permutation(16), new Int32Array(expected));
});

Deno.test("permutation holds every number once", () => {
  assertEquals(new Generator(1).permutation(1000).sort(), Int32Array.from({ length: 1000 }, (_, i) => i));
  assertEquals(new Generator(1).permutation(0), new Int32Array(0));
  assertEquals(new Generator(1).permutation(1), new Int32Array(1));
  assertThrows(() => new Generator(1).permutation(-1), RangeError, "n: -1 where an integer");
});

Deno.test("randomInt is the remainder of the next 32 bits, or of 64 for large ranges", () => {
  // The first words of MT19937 seeded with 0.
  const [first, second] = [2357136044, 2546248239];
  assertEquals(new Generator(0).randomInt(1000), first % 1000);
  assertEquals(new Generator(0).randomInt(2 ** 28 - 1), first % (2 ** 28 - 1));
  const wide = BigInt(first) << 32n | BigInt(second);
  assertEquals(new Generator(0).randomInt(2 ** 40 + 1), Number(wide % (2n ** 40n + 1n)));
  assertEquals(new Generator(0).randomInt(1), 0);
  for (const max of [0, -1, 1.5, NaN]) {
    assertThrows(() => new Generator(0).randomInt(max), RangeError, `maxExclusive: ${max} where an integer`);
  }
});

Deno.test("the first and the 10000th word are MT19937's", () => {
  // The C++ standard names the 10000th number of the default seed.
  const generator = new Generator(5489);
  for (let i = 0; i < 9999; i++) generator.randomInt(1);
  assertEquals(generator.randomInt(2 ** 28 - 1), 4123659995 % (2 ** 28 - 1));
});

Deno.test("a shape that is none is refused; empty ones are fine", () => {
  for (const shape of [[-1], [1.5], [2, NaN], [2 ** 30, 2 ** 30]]) {
    assertThrows(() => new Generator(0).randn(shape), RangeError, "shape: [");
    assertThrows(() => new Generator(0).rand(shape), RangeError, "shape: [");
  }
  assertEquals(new Generator(0).randn([0, 3]), { data: new Float32Array(0), shape: [0, 3] });
  assertEquals(new Generator(0).randn([]).data.length, 1);
});

Deno.test("normal numbers are normal: mean 0, variance 1, all finite", () => {
  const { data } = new Generator(7).randn([1 << 20]);
  let sum = 0, squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  assertAlmostEquals(sum / data.length, 0, 4e-3);
  assertAlmostEquals(squares / data.length, 1, 6e-3);
});

/** Draws of every kind. */
function draws(generator: Generator): unknown[] {
  return [generator.randn([3]), generator.randn([700]), generator.rand([5]), generator.permutation(9)];
}

Deno.test("a state continues the sequence, through JSON, structuredClone and a Uint32Array", () => {
  for (const skip of [0, 1, 2, 11, 311, 312]) { // odd: a normal number waits; 312: all words of a renewal are drawn
    const generator = new Generator(11);
    for (let i = 0; i < skip; i++) generator.randn([1]);
    const state = generator.state();
    assertEquals(state.cachedNormal === null, skip % 2 === 0);
    const expected = draws(generator);
    assertEquals(draws(Generator.fromState(state)), expected, "the state must not change with its generator");
    assertEquals(draws(Generator.fromState(JSON.parse(JSON.stringify(state)))), expected);
    assertEquals(draws(Generator.fromState(structuredClone(state))), expected);
    assertEquals(draws(Generator.fromState({ ...state, words: Uint32Array.from(state.words) })), expected);
  }
});

Deno.test("a state that is none is refused, by field", () => {
  const state = new Generator(0).state();
  const words = Array.from(state.words);
  const refuse = (bad: object, message: string) =>
    assertThrows(() => Generator.fromState({ ...state, ...bad }), RangeError, message);
  refuse({ words: words.slice(1) }, "state.words: 623 numbers where 624 are expected");
  refuse({ words: undefined }, "state.words: undefined numbers");
  refuse({ words: words.with(4, -1) }, "state.words[4]: -1 where an unsigned 32-bit integer is expected");
  refuse({ index: 625 }, "state.index: 625 where an integer from 0 to 624 is expected");
  refuse({ cachedNormal: "1" }, 'state.cachedNormal: "1" where a number or null is expected');
  refuse({ cachedNormal: undefined }, "state.cachedNormal: undefined");
});
