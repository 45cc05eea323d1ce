/** `deno task models:digests`: writes the digests of the files of the models that ship, after a release. */
import { digestsFile, digestsOfModels } from "./models/published_digests.ts";

await Deno.writeTextFile(digestsFile, await digestsOfModels());
