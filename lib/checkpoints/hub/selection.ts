/**
 * Which files of a repository are needed.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import type { ModelIndex } from "../folder.ts";
import { HubError } from "./error.ts";
import { ComponentWeights } from "./weights.ts";

/** What is wanted of a repository. */
export interface Wanted {
  /** The variant of the weights, such as `fp16`; defaults to those without a variant. */
  readonly variant?: string;
  /** The components of a pipeline; defaults to all that this library has a use for. */
  readonly components?: readonly string[];
}

/** What this library has no use for: IF's safety checker and watermark are not part of it; the extractor serves the former. */
const UNUSED = new Set(["safety_checker", "watermarker", "feature_extractor"]);

/** Configurations, vocabularies, tokenizers: what is not weights, nor an index of weights in another format. */
const SMALL = /^(?!.*\.index(\.[\w-]+)?\.json$).+\.(json|txt|model)$/;

/** The model's card and its licence, at the top of a repository. */
const CARD = /^(README\.md|(LICENSE|LICENCE|NOTICE)[\w.-]*)$/i;

/**
 * Selects the files of a pipeline that are needed: the index, the card, and each component's configuration and weights, once.
 *
 * @param paths All files of the repository.
 * @param index What its `model_index.json` says.
 * @throws {ArgumentError} if there is no such component or variant.
 * @throws {HubError} if a component has no weights that can be used.
 */
export function selectPipeline(paths: readonly string[], index: ModelIndex, wanted: Wanted): string[] {
  const known = [...index.components.keys()];
  const unknown = wanted.components?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError("components", unknown, `some of ${known.join(", ")}`, { plural: true });
  }
  const components = wanted.components ?? known.filter((name) => !UNUSED.has(name));
  return ["model_index.json", ...select(paths, [...new Set(components)], wanted.variant ?? "")];
}

/**
 * Selects the files of a bare model that are needed: its configuration, its card and its weights, once.
 *
 * @param paths All files of the repository.
 * @throws {ArgumentError} if components are wanted, or there is no such variant.
 * @throws {HubError} if there are no weights that can be used.
 */
export function selectModel(paths: readonly string[], wanted: Wanted): string[] {
  if (wanted.components) {
    throw new ArgumentError("components", wanted.components, "none", {
      note: "since the repository is a single model, not a pipeline",
    });
  }
  return select(paths, [""], wanted.variant ?? "");
}

/** The files by which the oldest pipelines are known, which have no folder for each component. */
const FLAT: Readonly<Record<string, string>> = { unet: "config.json", scheduler: "scheduler_config.json" };

/** The folder of a component, with a slash behind it; empty for the repository itself. */
function folderOf(component: string, paths: readonly string[]): string {
  const folder = component && `${component}/`;
  const isFlat = Object.hasOwn(FLAT, component) && paths.includes(FLAT[component]) &&
    !paths.some((path) => path.startsWith(folder));
  return isFlat ? "" : folder;
}

/** The card, and the files of components; the empty name is the repository itself. */
function select(paths: readonly string[], components: readonly string[], variant: string): string[] {
  const selected = new Set(paths.filter((path) => CARD.test(path)));
  const variants = new Set<string>();
  for (const component of components) {
    const folder = folderOf(component, paths);
    const names = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length))
      .filter((name) => !name.includes("/"));
    if (names.length === 0) throw new HubError("unsuitable", `${component}: no files in the repository`);
    const weights = new ComponentWeights(component || "model", names);
    for (const name of weights.variants) variants.add(name);
    for (const name of [...names.filter((name) => SMALL.test(name)), ...weights.select(variant)]) {
      selected.add(folder + name);
    }
  }
  if (variant && !variants.has(variant)) {
    const known = variants.size ? `one of ${[...variants].sort().join(", ")}` : "no variant";
    throw new ArgumentError("variant", variant, known);
  }
  return [...selected];
}
