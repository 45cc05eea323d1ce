import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { deserialize, serialize } from "../../../compat/fresh/serialize.ts";

const round = <T>(value: T): T => deserialize(serialize(value)) as T;

Deno.test("serialize: values of all kinds come back", () => {
  const values = [
    undefined,
    null,
    true,
    0,
    -0,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    10n ** 30n,
    "",
    "</script><!--",
    "\u2028",
  ];
  assertEquals(round(values), values);
  assert(Object.is(round([-0])[0], -0));
  const rich = {
    date: new Date(1e12),
    url: new URL("https://a.example/b?c#d"),
    expression: /a+/gi,
    set: new Set([1, "a"]),
    map: new Map<unknown, unknown>([[{ k: 1 }, [2]], ["m", new Set()]]),
    bytes: Uint8Array.of(0, 255, 7),
    nested: [{ a: [[]] }, {}],
  };
  assertEquals(round(rich), rich);
  const holes = round([1, , 3] as unknown[]);
  assertEquals([1 in holes, holes.length], [false, 3]);
  assertEquals(Object.keys(round(JSON.parse('{"__proto__": 1}'))), ["__proto__"]);
});

Deno.test("serialize: what is shared stays shared, what is circular stays circular", () => {
  const count = signal(1);
  const own: Record<string, unknown> = { a: count, b: [count] };
  own.self = own;
  const back = round(own) as { a: Signal<number>; b: [Signal<number>]; self: unknown };
  assertStrictEquals(back.self, back);
  assertStrictEquals(back.a, back.b[0]);
  back.a.value = 5;
  assertEquals(back.b[0].value, 5);
  assertEquals((round([computed(() => count.value * 2)])[0] as ReadonlySignal<number>).value, 2);
});

Deno.test("serialize: functions and symbols are refused", () => {
  assertThrows(() => serialize({ a: [() => 1] }), TypeError, "Serializing functions is not supported.");
  assertThrows(() => serialize(Symbol("a")), TypeError, "Serializing symbols is not supported.");
});
