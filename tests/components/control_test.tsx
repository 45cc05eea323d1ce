/** The form's controls as the browser gets them: the field at fault is marked, and says what is expected. */
import { assertEquals, assertMatch } from "@std/assert";
import { render } from "preact-render-to-string";
import { Control } from "../../components/lab/fields.tsx";
import type { Field, Json } from "../../report/mod.ts";
import type { Fault } from "../../server/wire.ts";

const form = { fields: [], defaults: {}, start: {}, quick: {}, images: [], models: [], vocabularies: {} };

function html(field: Field, value: Json, wrong?: Fault): string {
  return render(
    <Control field={field} value={value} form={form} path={field.name} wrong={wrong} onChange={() => {}} />,
  );
}

const fault = (argument: string): Fault => ({ argument, found: "5000", expected: "a number of at most 100" });

/** The text of the element that describes the one that is marked as invalid; undefined where none is marked. */
function told(page: string): string | undefined {
  const id = /aria-invalid="true"[^>]*aria-describedby="([^"]+)"/.exec(page)?.[1];
  return id && new RegExp(`<p id="${id}" class="error">([^<]*)</p>`).exec(page)?.[1];
}

const expected = "Expected: a number of at most 100. Found: 5000.";

Deno.test("the input at fault is marked as invalid and described by what is expected", () => {
  const fields: [Field, Json][] = [
    [{ name: "stride", type: "integer" }, 5000],
    [{ name: "stride", type: "integer", control: "seed" }, 5000],
    [{ name: "stride", type: "string" }, "5000"],
    [{ name: "stride", type: "boolean" }, true],
    [{ name: "stride", type: "string", control: "model" }, "5000"],
    [{ name: "stride", type: "string", choices: ["a", "b"] }, "a"],
    [{ name: "stride", type: "string", choices: ["a", "b", "c", "d", "e"] }, "a"],
  ];
  for (const [field, value] of fields) {
    assertEquals(told(html(field, value, fault("stride"))), expected, JSON.stringify(field));
    for (const other of [undefined, fault("seed"), fault("strides")]) {
      assertEquals(/aria-invalid|faulty|class="error"/.test(html(field, value, other)), false);
    }
  }
});

Deno.test("of lists and groups it is the item or the field", () => {
  const numbers: Field = { name: "timesteps", type: "list", item: { name: "", type: "integer" } };
  const list = html(numbers, [1, 5000, 3], fault("timesteps[1]"));
  assertEquals(told(list), expected);
  assertEquals(list.match(/<input[^>]*>/g)?.map((input) => /aria-invalid/.test(input)), [false, true, false]);
  const pairs: Field = {
    name: "pairs",
    type: "list",
    item: {
      name: "",
      type: "group",
      fields: [{ name: "upright", type: "string" }, { name: "flipped", type: "string" }],
    },
  };
  const words = { upright: "a", flipped: "b" };
  const nested = html(pairs, [words, words], fault("pairs[1].flipped"));
  assertEquals(told(nested), expected);
  assertEquals(nested.match(/aria-invalid/g)?.length, 1);
  assertMatch(nested, /data-field="pairs\[1\]\.flipped"(?:(?!data-field).)*aria-invalid/s);
});
