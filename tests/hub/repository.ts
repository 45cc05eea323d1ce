/** A repository as DeepFloyd's are laid out, small, on a hub of one's own, and folders to pull it to. */
import { join } from "node:path";
import type { PullOptions } from "../../lib/checkpoints/hub.ts";
import { Generator } from "../../lib/random.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { type HubRepo, HubServer } from "./server.ts";

/** The repository's name. */
export const REPO = "DeepFloyd/IF-I-M-v1.0";

/** The token whose account has accepted the licence. */
export const TOKEN = "hf_accepted";

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Bytes that are like no others. */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new Generator(seed).rand([length]).data, (value) => value * 256);
}

/** What the repository holds. */
export function files(): Record<string, Uint8Array> {
  return {
    "README.md": new TextEncoder().encode("---\nlicense: other\n---\n"),
    "model_index.json": text({
      _class_name: "IFPipeline",
      feature_extractor: ["transformers", "CLIPImageProcessor"],
      safety_checker: ["deepfloyd_if", "IFSafetyChecker"],
      scheduler: ["diffusers", "DDPMScheduler"],
      text_encoder: ["transformers", "T5EncoderModel"],
      tokenizer: ["transformers", "T5Tokenizer"],
      unet: ["diffusers", "UNet2DConditionModel"],
      watermarker: ["diffusers", "IFWatermarker"],
    }),
    "config.yml": noise(40, 1),
    "pytorch_model.bin": noise(3000, 2),
    "feature_extractor/preprocessor_config.json": text({}),
    "safety_checker/config.json": text({}),
    "safety_checker/model.fp16.safetensors": noise(3000, 3),
    "scheduler/scheduler_config.json": text({ _class_name: "DDPMScheduler" }),
    "text_encoder/config.json": text({ d_model: 8 }),
    "text_encoder/model-00001-of-00002.safetensors": noise(40_000, 4),
    "text_encoder/model-00002-of-00002.safetensors": noise(30_000, 5),
    "text_encoder/model.safetensors.index.json": text({ weight_map: {} }),
    "text_encoder/model.fp16-00001-of-00002.safetensors": noise(20_000, 6),
    "text_encoder/model.fp16-00002-of-00002.safetensors": noise(15_000, 7),
    "text_encoder/model.safetensors.index.fp16.json": text({ weight_map: { fp16: "" } }),
    "text_encoder/pytorch_model-00001-of-00001.bin": noise(5000, 8),
    "text_encoder/pytorch_model.bin.index.json": text({}),
    "tokenizer/special_tokens_map.json": text({ pad_token: "<pad>" }),
    "tokenizer/spiece.model": noise(5000, 9),
    "tokenizer/tokenizer_config.json": text({ extra_ids: 100 }),
    "unet/config.json": text({ _class_name: "UNet2DConditionModel" }),
    "unet/diffusion_pytorch_model.bin": noise(5000, 10),
    "unet/diffusion_pytorch_model.fp16.safetensors": noise(50_000, 11),
    "unet/diffusion_pytorch_model.safetensors": noise(100_000, 12),
    "unet/nested/diffusion_pytorch_model.safetensors": noise(2000, 13),
    "watermarker/config.json": text({}),
    "watermarker/diffusion_pytorch_model.safetensors": noise(2000, 14),
  };
}

/** The largest file that is pulled. */
export const UNET = "unet/diffusion_pytorch_model.safetensors";

/** What a pull without options brings. */
export const WANTED = [
  "README.md",
  "model_index.json",
  "scheduler/scheduler_config.json",
  "text_encoder/config.json",
  "text_encoder/model-00001-of-00002.safetensors",
  "text_encoder/model-00002-of-00002.safetensors",
  "text_encoder/model.safetensors.index.json",
  "tokenizer/special_tokens_map.json",
  "tokenizer/spiece.model",
  "tokenizer/tokenizer_config.json",
  "unet/config.json",
  "unet/diffusion_pytorch_model.safetensors",
];

/** A hub with the repository, and folders to pull to. */
export interface Scene extends AsyncDisposable {
  readonly server: HubServer;
  readonly repo: HubRepo;
  /** The shared cache. */
  readonly cache: string;
  /** The shared cache's folder for the repository. */
  readonly cached: string;
  /** The folder of pulled models. */
  readonly models: string;
  /** Whatever else a test writes. */
  readonly folder: string;
  /** Options that pull from this hub to these folders, quickly. */
  readonly options: PullOptions;
}

/** Starts a hub with the repository. */
export async function scene(): Promise<Scene> {
  const server = await HubServer.start();
  const { path: folder, [Symbol.asyncDispose]: remove } = await temporaryFolder();
  const repo: HubRepo = { files: files(), commit: "a".repeat(40) };
  server.repos.set(REPO, repo);
  server.tokens.add(TOKEN);
  const [cache, models] = [join(folder, "hub"), join(folder, "models")];
  return {
    server,
    repo,
    cache,
    cached: join(cache, "models--DeepFloyd--IF-I-M-v1.0"),
    models,
    folder,
    options: {
      endpoint: server.endpoint,
      token: null,
      sharedCache: cache,
      modelsFolder: models,
      retryDelay: 1,
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await remove();
    },
  };
}

/** All files below a folder, by their paths with slashes, sorted; none where there is no folder. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
      const path = prefix ? `${prefix}/${name}` : name;
      if (isDirectory) found.push(...await filesBelow(folder, path));
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
