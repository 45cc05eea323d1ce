import { assertEquals } from "@std/assert";
import { comparePaths, placeOf } from "../../../compat/fresh/route_files.ts";

Deno.test("placeOf: file names as patterns", () => {
  const patterns: Record<string, string> = {
    "index.tsx": "/",
    "about.tsx": "/about",
    "blog/index.tsx": "/blog",
    "blog/[id].ts": "/blog/:id",
    "blog/[a]-[b].ts": "/blog/:a-:b",
    "blog/[[page]].ts": "/blog{/:page}?",
    "[[lang]]/a.ts": "/{:lang}?/a",
    "files/[...path].ts": "/files/:path*",
    "(group)/x.tsx": "/x",
    "(group)/index.tsx": "/",
  };
  for (const [file, pattern] of Object.entries(patterns)) assertEquals(placeOf(file)?.pattern, pattern, file);
  assertEquals(placeOf("(group)/a/_layout.tsx"), { kind: "layout", segments: ["(group)", "a"], pattern: "" });
  assertEquals(placeOf("(_components)/x.tsx"), undefined);
});

Deno.test("comparePaths: special files first, parameters late, rests last", () => {
  const sorted = [
    "_app.tsx",
    "_middleware.ts",
    "_layout.tsx",
    "index.tsx",
    "a.tsx",
    "[id].tsx",
    "[...rest].tsx",
  ];
  assertEquals(sorted.toReversed().sort(comparePaths), sorted);
  assertEquals(["[id]/a.ts", "b/a.ts"].sort(comparePaths), ["b/a.ts", "[id]/a.ts"]);
});
