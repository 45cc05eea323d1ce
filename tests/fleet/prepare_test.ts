/** A job on another machine: models lie elsewhere, pictures that were sent are fetched, and the token lets workers in alone. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { createApp } from "../../app.ts";
import { parseParameters } from "../../report/mod.ts";
import { sampling } from "../../report/sections/sampling.ts";
import { Catalog, resultKey } from "../../server/catalog.ts";
import { prepareJob } from "../../server/fleet/prepare.ts";
import { openGallery } from "../../server/gallery.ts";
import { readSettings } from "../../server/settings.ts";
import { Uploads } from "../../server/store/uploads.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { testCommand } from "../server/gallery.ts";
import { testSections } from "../server/sections.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { request } from "./request.ts";

console.error = () => {};

Deno.test("a model under another name on another machine is the same by its digest, and so is the second stage", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const place = async (name: string) => ({
      first: await writeTextToImage(join(folder, name, "tiny-I"), "I"),
      second: await writeTextToImage(join(folder, name, "tiny-II"), "II"),
    });
    const [there, here] = [await place("there"), await place("here")];
    const gallery = new Catalog([sampling], [there.first], { portable: true });
    const worker = new Catalog([sampling], [here.first], { portable: true });
    const parameters = parseParameters(sampling, {
      model: there.first,
      upscaler: "auto",
      prompts: [there.first],
    });
    const models = await gallery.modelsOf(sampling, parameters);
    assertEquals(Object.keys(models).sort(), [there.first, there.second].sort());
    const wish = {
      section: sampling.id,
      parameters,
      key: resultKey(sampling.id, parameters, models),
      models,
    };
    const names = await worker.digests();
    const uploads = await Uploads.open(join(folder, "uploads"), 1e6, 1e6);
    const prepare = () => prepareJob(wish, worker, names, uploads, () => Promise.resolve(undefined));
    const run = (await prepare())!;
    assertEquals([...run.models].sort(), [here.first, here.second].sort());
    assertEquals(run.parameters, { ...parameters, model: here.first }, "a prompt is no model");
    const weights = join(here.second, "unet", "diffusion_pytorch_model.safetensors");
    const bytes = await Deno.readFile(weights);
    bytes[bytes.length - 2] ^= 1;
    await Deno.writeFile(weights, bytes);
    assertEquals(await prepare(), undefined, "it is another model now");
    const keyed = new Catalog([sampling], [here.first], { portable: true });
    assertNotEquals(Object.keys(await keyed.digests()), Object.keys(names));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("pictures that were sent to the gallery are fetched once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const picture = await Deno.readFile(new URL("../../report/images/cat.png", import.meta.url));
    const sent = await (await Uploads.open(join(folder, "gallery"), 1e6, 1e8)).add(picture);
    const uploads = await Uploads.open(join(folder, "worker"), 1e6, 1e8);
    const catalog = new Catalog(testSections, []);
    let fetched = 0;
    for (let i = 0; i < 2; i++) {
      await prepareJob(request({ image: sent.id }), catalog, {}, uploads, (id) => {
        fetched++;
        assertEquals(id, sent.id);
        return Promise.resolve(picture);
      });
    }
    assert(await uploads.has(sent.id));
    assertEquals(fetched, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "the fleet's token opens what is for workers and nothing else; a visitor's token does not open that",
  ignore: !hasRedis,
  async fn() {
    await using redis = await startRedis();
    const folder = await Deno.makeTempDir();
    const values: Record<string, string> = {
      GALLERY_DATA: folder,
      GALLERY_QUEUE: redis.address,
      GALLERY_FLEET_TOKEN: "of the fleet",
      GALLERY_TOKEN: "of visitors",
    };
    {
      await using gallery = await openGallery(readSettings((name) => values[name]), {
        sections: testSections,
        command: testCommand,
      });
      const handler = createApp(gallery).handler();
      const statusOf = async (path: string, token: string) => {
        // The name by which a worker knows the gallery is none that visitors use.
        const asked = new Request(`http://gallery.internal${path}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const { status, body } = await handler(asked);
        await body?.cancel();
        return status;
      };
      assertEquals(await statusOf("/api/fleet", "of the fleet"), 200);
      assertEquals(await statusOf("/api/fleet", "of visitors"), 401);
      assertEquals(await statusOf("/api/sections", "of the fleet"), 421);
      values.GALLERY_HOSTS = "*";
    }
    await using gallery = await openGallery(readSettings((name) => values[name]), {
      sections: testSections,
      command: testCommand,
    });
    const handler = createApp(gallery).handler();
    for (const [token, status] of [["of the fleet", 401], ["of visitors", 200]] as const) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await handler(new Request("http://gallery.internal/api/sections", { headers }));
      assertEquals(response.status, status);
      await response.body?.cancel();
    }
    await Deno.remove(folder, { recursive: true });
  },
});
