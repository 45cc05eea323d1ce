/** `deno task models:digests`: writes what the files of the models that ship hash to, after a release. */
import { digestsFile, digestsOfModels } from "./models/published_digests.ts";

await Deno.writeTextFile(digestsFile, await digestsOfModels());
