/**
 * What PEFT says of a LoRA beside its matrices: in the header of diffusers' files, or in a file of its own.
 *
 * @module
 */
import { Config } from "../config.ts";
import type { SafetensorsFile } from "../safetensors.ts";

/** The key of the header under which diffusers keeps it, as JSON whose keys begin with the component's name. */
const HEADER_KEY = "lora_adapter_metadata";

/** What the component's name makes of a key. */
const COMPONENT = "unet.";

/** By how much layers are scaled, as PEFT has it. */
export interface AdapterConfig {
  /** The scale of a layer's product before it is divided by the rank; undefined where nothing is said. */
  alphaOf(layer: string, rank: number): number | undefined;
}

/**
 * Reads what a file's header says.
 *
 * @throws {CheckpointError} if it is not JSON, or asks for what is not supported.
 */
export function headerConfig({ metadata, path }: SafetensorsFile): AdapterConfig | undefined {
  const text = metadata[HEADER_KEY];
  if (text === undefined) return undefined;
  const all = Config.parse(text, `${path}: "${HEADER_KEY}"`);
  const own = Object.entries(all.values).filter(([key]) => key.startsWith(COMPONENT));
  if (own.length === 0) return undefined;
  return adapterConfig(
    new Config(
      all.label,
      Object.fromEntries(own.map(([key, value]) => [key.slice(COMPONENT.length), value])),
    ),
  );
}

/**
 * Takes a configuration of PEFT.
 *
 * @throws {CheckpointError} if it asks for what is not supported: DoRA, trained biases.
 */
export function adapterConfig(config: Config): AdapterConfig {
  if (config.has("use_dora") && config.boolean("use_dora")) config.fail("use_dora", "false");
  if (config.has("bias")) config.choice("bias", ["none"]);
  if (!config.has("lora_alpha")) return { alphaOf: () => undefined };
  const alpha = config.number("lora_alpha");
  // Rank-stabilised (Kalajdzievski 2023): the product is divided by the root of the rank.
  const stabilised = config.has("use_rslora") && config.boolean("use_rslora");
  const patterns = Object.entries(config.values["alpha_pattern"] ?? {}).map(([key, value]) => {
    if (typeof value !== "number") config.fail("alpha_pattern", "numbers by layer");
    return [key.replace(/^\^/, ""), value] as const;
  });
  return {
    alphaOf(layer, rank) {
      const own = patterns.find(([key]) => layer === key || layer.endsWith(`.${key}`))?.[1] ?? alpha;
      return stabilised ? own * Math.sqrt(rank) : own;
    },
  };
}

/**
 * A header's texts with what a configuration of PEFT says.
 *
 * @param metadata The header's texts; what they say of other components stays.
 * @param config The configuration.
 */
export function headerWith(
  metadata: Readonly<Record<string, string>>,
  { values }: Config,
): Record<string, string> {
  const others = metadata[HEADER_KEY] === undefined ? {} : JSON.parse(metadata[HEADER_KEY]);
  return { ...metadata, [HEADER_KEY]: JSON.stringify({ ...others, ...ofComponent(values) }) };
}

function ofComponent(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [COMPONENT + key, value]));
}

/** What a header says of a LoRA, for diffusers and PEFT to scale it alike. */
export function headerOf(
  { rank, alpha, targets }: {
    readonly rank: number;
    readonly alpha: number;
    readonly targets: readonly string[];
  },
): Record<string, string> {
  const config = {
    r: rank,
    lora_alpha: alpha,
    target_modules: targets,
    bias: "none",
    use_rslora: false,
    use_dora: false,
  };
  return { format: "pt", [HEADER_KEY]: JSON.stringify(ofComponent(config)) };
}
