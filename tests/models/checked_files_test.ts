/** Files of models that are fetched by name are those that were released. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { CheckedFiles } from "../../lib/models/checked_files.ts";
import { MODELS_URL } from "../../lib/models/places.ts";
import { publishedFiles } from "../../lib/models/published.ts";
import { FileError, UrlFiles } from "../../lib/platform/mod.ts";
import { FileServer } from "../platform/file_server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

Deno.test("a file that is not the one that was released is named, with both digests", async () => {
  await using server = new FileServer([["m/unet/config.json", bytes("{}")], ["m/more.json", bytes("[]")]]);
  const files = new CheckedFiles(new UrlFiles(`${server.address}m`), { "unet/config.json": sha256("{}") });
  const unet = files.folder("unet");
  assertEquals(await unet.readText("config.json"), "{}");
  server.files.set("m/unet/config.json", bytes("{ }"));
  const error = await assertRejects(() => unet.readText("config.json"), FileError);
  for (const part of [`${server.address}m/unet/config.json`, sha256("{ }"), sha256("{}")]) {
    assert(error.message.includes(part), error.message);
  }
  const other = new CheckedFiles(new UrlFiles(`${server.address}m`), { "unet/config.json": sha256("{}") });
  await assertRejects(() => other.open("unet/config.json"), FileError, sha256("{ }"));
  await assertRejects(() => other.place("unet/config.json"), FileError, sha256("{ }"));
});

Deno.test("a file that was not released is none", async () => {
  await using server = new FileServer([["m/more.json", bytes("[]")]]);
  const files = new CheckedFiles(new UrlFiles(`${server.address}m`), {});
  assertEquals(await files.stat("more.json"), undefined);
  const error = await assertRejects(() => files.readText("more.json"), FileError);
  assertEquals(error.reason, "missing");
  assertEquals(server.requests, []);
});

Deno.test("the address of a model that ships gives checked files, another one none", () => {
  const served = new URL("https://jsr.io/@denoise/denoise/0.1.0/models/");
  for (const address of [`${MODELS_URL}emoji-I`, new URL("mnist-class", served).href]) {
    assert(publishedFiles(address, served) instanceof CheckedFiles, address);
  }
  for (const address of [`${MODELS_URL}other`, "models/emoji-I", "https://example.com/emoji-I"]) {
    assertEquals(publishedFiles(address, served), undefined);
  }
});
