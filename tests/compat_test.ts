import * as assert from "@std/assert";
import { assertEquals } from "@std/assert";

/** What `jsr:@std/assert@1` exports, by its documentation. */
const documented = [
  "assert",
  "assertAlmostEquals",
  "assertArrayIncludes",
  "assertEquals",
  "assertExists",
  "assertFalse",
  "assertGreater",
  "assertGreaterOrEqual",
  "assertInstanceOf",
  "assertIsError",
  "AssertionError",
  "assertLess",
  "assertLessOrEqual",
  "assertMatch",
  "assertNotEquals",
  "assertNotInstanceOf",
  "assertNotMatch",
  "assertNotStrictEquals",
  "assertObjectMatch",
  "assertRejects",
  "assertStrictEquals",
  "assertStringIncludes",
  "assertThrows",
  "equal",
  "fail",
  "unimplemented",
  "unreachable",
];

// What the tests import exists, or they would not start: so they do not use anything that is not documented either.
Deno.test("compat/assert exports nothing that @std/assert does not", () => {
  assertEquals(Object.keys(assert).filter((name) => !documented.includes(name)), []);
});
