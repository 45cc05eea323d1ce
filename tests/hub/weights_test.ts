import { assertEquals, assertThrows } from "@std/assert";
import { HubError } from "../../lib/checkpoints/hub.ts";
import { selectPipeline } from "../../lib/checkpoints/hub/selection.ts";
import { ComponentWeights } from "../../lib/checkpoints/hub/weights.ts";

const select = (variant: string, ...names: string[]) => new ComponentWeights("unet", names).select(variant);

Deno.test("weights in one file are preferred to the same in shards", () => {
  const names = ["model.safetensors", "model-00001-of-00001.safetensors", "model.safetensors.index.json"];
  assertEquals(select("", ...names), ["model.safetensors"]);
});

Deno.test("shards are taken with their index, in the older order of the name too", () => {
  const newer = ["model.fp16-00001-of-00002.safetensors", "model.fp16-00002-of-00002.safetensors"];
  const older = ["model-00001-of-00002.fp16.safetensors", "model-00002-of-00002.fp16.safetensors"];
  const index = "model.safetensors.index.fp16.json";
  for (const shards of [newer, older]) assertEquals(select("fp16", ...shards, index), [...shards, index]);
});

Deno.test("shards that are not all there are refused", () => {
  const index = "model.safetensors.index.json";
  assertThrows(
    () => select("", "model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors", index),
    HubError,
    "unet: shard 2 of 3 does not exist",
  );
  for (const names of [["model-00001-of-00001.safetensors"], [index]]) {
    assertThrows(() => select("", ...names), HubError, "unet: an index and its shards are expected");
  }
});

Deno.test("where there are weights of a variant alone, it must be asked for", () => {
  const names = ["diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.non_ema.safetensors"];
  assertThrows(
    () => select("", ...names),
    HubError,
    "no weights without a variant: ask for one of fp16, non_ema",
  );
  assertEquals(new ComponentWeights("unet", names).variants, ["fp16", "non_ema"]);
  assertEquals(select("fp16", ...names), names.slice(0, 1));
});

Deno.test("a component without weights has none, and one with others is refused", () => {
  assertEquals(select("", "scheduler_config.json"), []);
  for (const name of ["pytorch_model.bin", "flax_model.msgpack", "model.onnx", "openvino_model.bin"]) {
    assertThrows(
      () => select("", "config.json", name),
      HubError,
      `unet: ${name} where weights in a .safetensors`,
    );
  }
});

Deno.test("weights under other names are not the component's", () => {
  const names = ["adapter.safetensors", "diffusion_pytorch_model.safetensors", "model.safetensors"];
  assertEquals(select("", ...names), ["diffusion_pytorch_model.safetensors"]);
});

Deno.test("the oldest pipelines have the files of all components in one folder", () => {
  const components = new Map(
    ["scheduler", "unet"].map((name) => [name, { library: "diffusers", className: "" }]),
  );
  const index = { className: "DDPMPipeline", components };
  const weights = ["diffusion_pytorch_model.bin", "diffusion_pytorch_model.safetensors"];
  const paths = [
    ".gitattributes",
    "README.md",
    "config.json",
    ...weights,
    "model_index.json",
    "scheduler_config.json",
  ];
  const expected = [
    "README.md",
    "config.json",
    "diffusion_pytorch_model.safetensors",
    "model_index.json",
    "scheduler_config.json",
  ];
  assertEquals([...new Set(selectPipeline(paths, index, {}))].sort(), expected);
  const split = ["model_index.json", ...paths.filter((path) => path !== "config.json")];
  assertThrows(() => selectPipeline(split, index, {}), HubError, "unet: no files in the repository");
});
