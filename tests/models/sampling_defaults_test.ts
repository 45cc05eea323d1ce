/** What a pipeline's folder recommends. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { readSamplingDefaults } from "../../lib/models/sampling_defaults.ts";
import { temporaryFolder, writeJson } from "./checkpoints.ts";

Deno.test("a folder recommends intervals of guidance and of deep features, within its schedule", async () => {
  await using folder = await temporaryFolder();
  await writeJson(join(folder.path, "scheduler", "scheduler_config.json"), { num_train_timesteps: 100 });
  const read = async (values: Record<string, unknown>) => {
    await writeJson(join(folder.path, "sampling_config.json"), values);
    return await readSamplingDefaults(folder.path);
  };
  assertEquals(await read({}), {});
  assertEquals(await read({ guidance_interval: [20, 99], cache_interval: 2 }), {
    guidanceInterval: [20, 99],
    cacheInterval: 2,
  });
  for (const guidance_interval of [[20, 100], [30, 20], [5], [1, 2, 3], "20-30", [-1, 5]]) {
    await assertRejects(() => read({ guidance_interval }), CheckpointError, "guidance_interval");
  }
  for (const cache_interval of [0, 1.5, 101, "2"]) {
    await assertRejects(() => read({ cache_interval }), CheckpointError, "cache_interval");
  }
});
