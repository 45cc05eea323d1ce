/** LoRAs that PEFT and diffusers have written draw what they draw there; pictures by `IFPipeline` with `set_adapters`. */
import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { readLora, readLoraFile } from "../../lib/checkpoints/lora.ts";
import { parseSafetensors, SafetensorsFile, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { MemoryFiles } from "../../lib/platform/mod.ts";
import { openDeepFloyd } from "../../lib/models/deepfloyd.ts";
import { mergeLoras, type ScaledLora } from "../../lib/nn/lora/mod.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";
import { readTensors, writeDeepFloyd } from "../models/deepfloyd_checkpoints.ts";
import { difference, FIXTURES } from "../nn/deepfloyd.ts";

const golden = await readTensors("lora_tiny_io");
const peft = await readLora(`${FIXTURES}/lora_peft.safetensors`);
const processor = await readLora(`${FIXTURES}/lora_processor.safetensors`);

/** Draws as the golden pictures were. */
async function draw(folder: string, loras: readonly ScaledLora[]): Promise<Tensor> {
  await using model = await openDeepFloyd(folder, { textLength: 8, threads: 1, loras });
  const [text, negative] = [slice(golden.text, 0, 1), slice(golden.text, 1, 2)];
  const options = { negative, seed: 11, numInferenceSteps: 5, guidanceScale: 3 };
  return await sampleToEnd(textToImage(model, text, options));
}

const runs: Readonly<Record<string, readonly ScaledLora[]>> = {
  none: [],
  one: [{ lora: peft }],
  half: [{ lora: peft, scale: 0.5 }],
  two: [{ lora: processor }],
  both: [{ lora: peft, scale: 0.8 }, { lora: processor, scale: -0.6 }],
};

Deno.test("a network with LoRAs draws what diffusers draws, in two layouts, by scale and several at once", async () => {
  await using folder = await temporaryFolder();
  await writeDeepFloyd(folder.path, "unet_I_tiny");
  for (const [name, loras] of Object.entries(runs)) {
    assertLess(difference(await draw(folder.path, loras), golden[`picture.${name}`]), 2e-4, name);
  }
});

Deno.test("LoRAs that are merged into the weights draw what they draw beside them", async () => {
  await using folder = await temporaryFolder();
  await writeDeepFloyd(folder.path, "unet_I_tiny");
  const path = join(folder.path, "unet", "diffusion_pytorch_model.safetensors");
  const merged = await mergeLoras(await SafetensorsFile.open(path), runs.both);
  assertEquals(merged["conv_in.weight"].dtype, "F32");
  await writeSafetensors(path, merged);
  assertLess(difference(await draw(folder.path, []), golden["picture.both"]), 2e-4);
  const stray = { ...peft, layers: new Map([["nowhere", peft.layers.get("mid_block.attentions.0.to_q")!]]) };
  const weights = await SafetensorsFile.open(path);
  await assertRejects(() => mergeLoras(weights, [{ lora: stray }]), CheckpointError, '"nowhere"');
});

/** The tensors of a LoRA with other names. */
function renamed(rename: (layer: string, part: "down" | "up") => string): Record<string, Tensor> {
  return Object.fromEntries([...processor.layers].flatMap(([layer, { down, up }]) => [
    [rename(layer, "down"), down],
    [rename(layer, "up"), up],
  ]));
}

const letters = { down: "A", up: "B" } as const;

/** The layouts, besides those of the golden files. */
const layouts: Readonly<Record<string, (layer: string, part: "down" | "up") => string>> = {
  "PEFT's": (layer, part) => `base_model.model.${layer}.lora_${letters[part]}.weight`,
  "PEFT's, with the adapter's name": (layer, part) => `unet.${layer}.lora_${letters[part]}.default.weight`,
  // What diffusers' scripts for IF write, of which its own loader takes the names of the first kind alone.
  "PEFT's and those before it in one file": (layer, part) => {
    return `unet.${layer}.${layer.endsWith("to_q") ? `lora.${part}` : `lora_${letters[part]}`}.weight`;
  },
  "without a component": (layer, part) => `${layer}.lora.${part}.weight`,
  "kohya's": (layer, part) => `lora_unet_${layer.replaceAll(".", "_")}.lora_${part}.weight`,
};

Deno.test("a LoRA's file stands alone: what PEFT says beside it is in its header", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "adapter_model.safetensors");
  const names = renamed((layer, part) => `${layer}.lora_${letters[part]}.weight`);
  const metadata = { format: "pt", lora_adapter_metadata: JSON.stringify({ "text_encoder.r": 4 }) };
  await writeSafetensors(path, names, { metadata });
  const plain = await readLoraFile(folder.path);
  assertEquals(plain, await Deno.readFile(path), "nothing is said beside it");
  const config = { lora_alpha: 3.3, use_rslora: true, alpha_pattern: { "to_q": 0.7 } };
  await writeJson(join(folder.path, "adapter_config.json"), config);
  const bytes = await readLoraFile(path);
  const alone = await readLora("lora", new MemoryFiles({ lora: bytes }));
  assertEquals(alone.layers, (await readLora(folder.path)).layers);
  const { metadata: said } = parseSafetensors(bytes);
  assertEquals(said.format, "pt");
  assertEquals(JSON.parse(said.lora_adapter_metadata), {
    "text_encoder.r": 4,
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`unet.${key}`, value])),
  });
});

Deno.test("all layouts of names are one LoRA", async () => {
  await using folder = await temporaryFolder();
  await writeDeepFloyd(folder.path, "unet_I_tiny");
  for (const [name, rename] of Object.entries(layouts)) {
    const path = join(folder.path, "lora.safetensors");
    await writeSafetensors(path, renamed(rename));
    const drawn = await draw(folder.path, [{ lora: await readLora(path) }]);
    assertLess(difference(drawn, golden["picture.two"]), 2e-4, name);
  }
});

Deno.test("alpha, of a layer or of the header, scales by the rank", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "lora.safetensors");
  const tensors = renamed((layer, part) => `unet.${layer}.lora_${letters[part]}.weight`);
  const layer = "mid_block.attentions.0.to_q";
  const alphas = async () => (await readLora(path)).layers.get(layer)!.alpha;
  await writeSafetensors(path, tensors);
  assertEquals(await alphas(), 3); // the rank
  await writeSafetensors(path, {
    ...tensors,
    [`unet.${layer}.alpha`]: { data: Float32Array.of(6), shape: [] },
  });
  assertEquals(await alphas(), 6);
  const header = { "unet.lora_alpha": 12, "unet.r": 3, "unet.alpha_pattern": { "attentions.1.to_q": 5 } };
  await writeSafetensors(path, tensors, { metadata: { lora_adapter_metadata: JSON.stringify(header) } });
  assertEquals(await alphas(), 12);
  const { layers } = await readLora(path);
  assertEquals(layers.get("down_blocks.1.attentions.1.to_q")!.alpha, 5);
  const stabilised = { "unet.lora_alpha": 12, "unet.use_rslora": true };
  await writeSafetensors(path, tensors, { metadata: { lora_adapter_metadata: JSON.stringify(stabilised) } });
  assertEquals(await alphas(), 12 * Math.sqrt(3));
});

Deno.test("what is no LoRA of the network is refused, and named", async () => {
  await using folder = await temporaryFolder();
  await writeDeepFloyd(folder.path, "unet_I_tiny");
  const path = join(folder.path, "lora.safetensors");
  const matrix = (...shape: number[]): Tensor => {
    return { data: new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape };
  };
  const q = "unet.mid_block.attentions.0.to_q";
  const pair = { [`${q}.lora_A.weight`]: matrix(2, 48), [`${q}.lora_B.weight`]: matrix(48, 2) };
  const wrong: [Record<string, Tensor>, string][] = [
    [{ "conv_in.weight": matrix(2, 2) }, 'tensor "conv_in.weight" where a matrix of a LoRA'],
    [{ ...pair, "text_encoder.q.lora_A.weight": matrix(2, 2) }, "updates of the UNet alone"],
    [{ [`${q}.lora_A.weight`]: matrix(2, 48) }, "no up matrix"],
    [{ ...pair, [`${q}.lora_B.weight`]: matrix(48, 3) }, "matrices of [2,48] and [48,3]"],
    [
      { ...pair, [`${q}.lora_A.weight`]: { data: new Float32Array(96).fill(NaN), shape: [2, 48] } },
      "down holds NaN",
    ],
  ];
  for (const [tensors, message] of wrong) {
    await writeSafetensors(path, tensors);
    await assertRejects(() => readLora(path), CheckpointError, message);
  }
  const foreign: [Record<string, Tensor>, string][] = [
    [{ ...pair, [`${q}.lora_A.weight`]: matrix(2, 40) }, "where [2,48] and [48,2] are expected"],
    [
      { "unet.nowhere.lora_A.weight": matrix(2, 48), "unet.nowhere.lora_B.weight": matrix(48, 2) },
      '"nowhere"',
    ],
  ];
  for (const [tensors, message] of foreign) {
    await writeSafetensors(path, tensors);
    const lora = await readLora(path);
    await assertRejects(() => openDeepFloyd(folder.path, { loras: [{ lora }] }), CheckpointError, message);
  }
  await assertRejects(() => readLora(folder.path), CheckpointError, "pytorch_lora_weights.safetensors");
});
