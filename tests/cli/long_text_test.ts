/** Texts of any length on the command line: what the network does not hear is left out, and said to be. */
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "node:path";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { runTask } from "./task.ts";

Deno.test("a text of 100 kB is cut, in a line, and drawn", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const out = join(folder.path, "out");
  const text = "a rocket ship ".repeat(7000);
  const args = ["--model", model, "--steps", "1", "--count", "1", "--seed", "1", "--out", out];
  const { code, stderr } = await runTask("sample", text, ...args);
  assertMatch(stderr, /^note: "a rocket .*…" is longer than \d+ tokens; left out: ".*…"\n$/);
  assertLess(stderr.length, 400);
  assertEquals(code, 0);
});

Deno.test("where telemetry cannot be switched off, a long command line is refused, and not the end of the process", async () => {
  const run = async (length: number, ...permissions: string[]) => {
    const program = new URL("../onnx/open_with_arguments.ts", import.meta.url).href;
    const { code, stdout } = await new Deno.Command("deno", {
      args: ["run", "--no-check", "--allow-read", "--allow-ffi", ...permissions, program, "x".repeat(length)],
      stdin: "null",
      stderr: "null",
    }).output();
    return [code, new TextDecoder().decode(stdout).trim()];
  };
  assertEquals(await run(100_000, "--allow-env=ORT_DISABLE_TELEMETRY"), [0, "open"]);
  assertEquals(await run(4096), [0, "open"]);
  assertEquals(await run(100_000), [
    0,
    "arguments: 100000 bytes where at most 4096 are expected, without --allow-env=ORT_DISABLE_TELEMETRY: " +
    "the runtime's telemetry reads them, and overflows the stack",
  ]);
});
