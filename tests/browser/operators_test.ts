/** Every operator and its gradient in a tab of Chromium, against what the native runtime computes. */
import { assert, assertEquals } from "@std/assert";
import * as native from "../../bundle/denoise.ts";
import { bundleModules, packRuntime } from "../../bundle/write_bundle.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { startChromium } from "./chromium.ts";
import { type Computed, computeOperators } from "./operators.ts";
import { StaticServer } from "./static_server.ts";

Deno.test("operators and their gradients are in a tab what they are natively", async () => {
  await using folder = await temporaryFolder();
  await bundleModules(folder.path);
  await packRuntime(folder.path);
  await Deno.writeTextFile(
    `${folder.path}/empty.html`,
    '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>empty</title></html>',
  );
  await using server = new StaticServer({ "/": folder.path });
  await using chromium = await startChromium();
  const page = await chromium.browser.newPage();
  await page.goto(`${server.address}empty.html`);
  const library = JSON.stringify(`${server.address}denoise.js`);
  const found: Computed = await page.evaluate(`import(${library}).then(${computeOperators})`);
  const expected = await computeOperators(native);
  assertEquals(Object.keys(found), Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(1, ...values.map(Math.abs));
    assertEquals(found[name].length, values.length, name);
    values.forEach((value, i) => {
      assert(Math.abs(found[name][i] - value) < 2e-5 * scale, `${name}[${i}]: ${found[name][i]}, ${value}`);
    });
  }
});
