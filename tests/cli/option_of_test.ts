/** The command line speaks of its options, whatever the library calls them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { optionOf } from "../../cli/option_of.ts";
import { refuse, runTask, succeed } from "./task.ts";

Deno.test("an option is named for the argument that it gives; what lies in an argument keeps its path", () => {
  const cases: [string, string][] = [
    ["numInferenceSteps", "steps"],
    ["learningRate", "learning-rate"],
    ["folder", "data"],
    ["folder[2].name", "data[2].name"],
    ["seed", "seed"],
    ["prompts[2]", "prompts[2]"],
    ["state.folder", "state.folder"],
    ["constructor", "constructor"],
    ["GALLERY_HOSTS", "GALLERY_HOSTS"],
  ];
  for (const [argument, option] of cases) assertEquals(optionOf(argument), option);
});

Deno.test("the options that errors name are those that there are", async () => {
  const [train, sample] = await Promise.all(["train", "sample"].map((task) => succeed(task, "--help")));
  for (const name of ["folder", "learningRate", "learningRateSchedule", "maxSteps", "powerAverages"]) {
    assertStringIncludes(train, ` --${optionOf(name)} <`);
  }
  for (const name of ["guidanceScale", "numImagesPerPrompt", "numInferenceSteps"]) {
    assertStringIncludes(sample, ` --${optionOf(name)} <`);
  }
});

Deno.test("an error of the library is told as one of the option, in one line", async () => {
  assertMatch(
    await refuse("train", "mnist-denoiser", "--data", "/nonexistent"),
    /^data: "\/nonexistent" where a folder of pictures is expected$/,
  );
  assertEquals(
    await refuse("train", "mnist-denoiser", "--batch", "10", "--shares", "3"),
    "microbatches: 3 where a divisor of the batch 10 is expected",
  );
});

Deno.test("a section's parameters are named as --set names them", async () => {
  const { stderr } = await runTask("report", "denoiser", "--set", "trainSteps=-1");
  assertMatch(stderr, /^error: denoiser: trainSteps: -1 where .* is expected\n$/);
});
