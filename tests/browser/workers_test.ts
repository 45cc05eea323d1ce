/** The page of a fleet's workers, in a gallery that has a queue in Redis. */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import { createApp } from "../../app.ts";
import { openGallery } from "../../server/gallery.ts";
import { readSettings, type SettingName } from "../../server/settings.ts";
import { openTestWorker, testWorkerMember } from "../fleet/queues.ts";
import { hasRedis, startRedis } from "../fleet/redis.ts";
import { testCommand, until } from "../server/gallery.ts";
import { testSections } from "../server/sections.ts";
import { startChromium } from "./chromium.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

Deno.test({
  name: "workers: what each has and runs, clean by axe; where all is on one machine there is no such page",
  ignore: !hasRedis,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "workers-page-" });
    const apply = await new Builder({ root, outDir: folder }).build({ snapshot: "memory" });
    const serve = async (settings: Partial<Record<SettingName, string>>) => {
      const data = await Deno.makeTempDir({ dir: folder });
      const values: Partial<Record<SettingName, string>> = { GALLERY_DATA: data, ...settings };
      const gallery = await openGallery(readSettings((name) => values[name]), {
        sections: testSections,
        command: testCommand,
      });
      const app = createApp(gallery);
      apply(app);
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.handler());
      return {
        gallery,
        address: `http://127.0.0.1:${server.addr.port}`,
        async [Symbol.asyncDispose]() {
          await server.shutdown();
          await gallery[Symbol.asyncDispose]();
        },
      };
    };
    {
      await using local = await serve({});
      const response = await fetch(`${local.address}/workers`);
      assertEquals([response.status, (await response.text()).includes('href="/workers"')], [404, false]);
      assertEquals((await (await fetch(local.address)).text()).includes('href="/workers"'), false);
    }
    {
      await using redis = await startRedis();
      await using fleet = await serve({ GALLERY_QUEUE: redis.address, GALLERY_FLEET_TOKEN: "token" });
      const member = {
        ...testWorkerMember({ aaaa: "/mnt/private/large model" }, 3),
        host: "<b>machine</b>",
      };
      await using chromium = await startChromium();
      const page = await (await chromium.browser.newContext({ bypassCSP: true })).newPage();
      await page.goto(`${fleet.address}/workers`);
      assert((await page.locator("main").innerText()).includes("No worker is there."));
      await using _worker = await openTestWorker(redis, fleet.gallery.store, { member });
      await until(async () => (await fleet.gallery.queue.counts()).workers === 3, "the worker is known");
      const described = await fetch(`${fleet.address}/api/fleet`, {
        headers: { authorization: "Bearer token" },
      });
      const { workers: [{ host, jobs, models }], queues } = await described.json();
      assertEquals([host, jobs, models, queues.length], [member.host, 3, ["/mnt/private/large model"], 1]);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(fleet.address);
        await page.getByRole("link", { name: "workers", exact: true }).click();
        await page.getByRole("heading", { name: "Workers" }).waitFor();
        const row = page.getByRole("row").filter({ hasText: "<b>machine</b>" });
        assertEquals(await row.getByRole("cell").allInnerTexts(), ["cpu", "0 of 3", "4.0 GB", "large model"]);
        await page.evaluate(axe.source);
        const violations = await page.evaluate(async () => {
          const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        });
        assertEquals(violations, []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assertEquals(wide, false, `nothing lies beside the page of ${width} pixels`);
      }
    }
    await Deno.remove(folder, { recursive: true });
  },
});
