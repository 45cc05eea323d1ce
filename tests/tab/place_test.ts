/** Where a section is run unless the reader has chosen. */
import { assertEquals } from "@std/assert";
import type { WireForm } from "../../server/wire.ts";
import { modelBytes } from "../../tab/model_bytes.ts";
import { defaultPlace, type PlaceFacts } from "../../tab/place.ts";

const facts: PlaceFacts = { bytes: 8e6, inTab: undefined, onServer: 10, wait: 0 };

Deno.test("the tab computes where the server is not faster, its line included, and the model is small", () => {
  assertEquals(defaultPlace(facts), "server");
  assertEquals(defaultPlace({ ...facts, inTab: 9 }), "tab");
  assertEquals(defaultPlace({ ...facts, inTab: 11 }), "server");
  // Ten seconds of work behind forty of others.
  assertEquals(defaultPlace({ ...facts, onServer: 50, wait: 40 }), "tab");
  assertEquals(defaultPlace({ ...facts, inTab: 9, bytes: 50e6 }), "server");
  assertEquals(defaultPlace({ ...facts, inTab: 9, bytes: undefined }), "server");
});

Deno.test("the models of a run are those that are named, and the second stage that belongs to one", () => {
  const tab = { models: { "emoji-I": 7, "emoji-II": 5, "mnist-time": 3 } };
  const fields = ["model", "upscale"].map((name) => ({ name, type: "string", control: "model" } as const));
  const form: WireForm = {
    fields,
    defaults: {},
    start: {},
    quick: {},
    images: [],
    models: [],
    vocabularies: {},
    tab,
  };
  assertEquals(modelBytes(form, { model: "emoji-I", upscale: "none" }), 7);
  assertEquals(modelBytes(form, { model: "emoji-I", upscale: "auto" }), 12);
  assertEquals(modelBytes(form, { model: "/a/folder", upscale: "none" }), undefined);
  assertEquals(modelBytes({ ...form, fields: [] }, {}), 0);
  assertEquals(modelBytes({ ...form, tab: undefined }, { model: "emoji-I" }), undefined);
});
