import { z } from "zod";
import { ArgumentError, described } from "../../lib/errors.ts";
import { machine } from "../../lib/platform/mod.ts";
import type { ModelFiles } from "../../recipes/recipe.ts";

/** The configuration keys that distinguish networks. */
const configuration = z.object({
  hidden_width: z.int().min(1),
  time_conditioned: z.boolean(),
  num_class_embeds: z.int().nullish(),
});

/**
 * The hidden width of a model that a training starts from.
 *
 * @param model Its name.
 * @param folder Its folder.
 * @param files The files of the training's own network.
 * @throws {ArgumentError} if it is another kind of network.
 */
export async function widthOf(model: string, folder: string, { configs }: ModelFiles): Promise<number> {
  const [path, own] = Object.entries(configs).find(([path]) => /^(unet\/)?config\.json$/.test(path))!;
  const text = await machine.open(folder).readText(path).catch(() => "{}");
  const found = configuration.safeParse(JSON.parse(text)).data;
  const expected = configuration.parse(own);
  const fits = found && found.time_conditioned === expected.time_conditioned &&
    (found.num_class_embeds ?? 0) === (expected.num_class_embeds ?? 0);
  if (fits) return found.hidden_width;
  const classes = expected.num_class_embeds ? `with ${expected.num_class_embeds} classes` : "without classes";
  const time = expected.time_conditioned ? "that knows the noise level" : "for one noise level";
  throw new ArgumentError("model", described(`"${model}"`), `a network for digits ${classes}, ${time}`);
}
