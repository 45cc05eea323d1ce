/** Files on a disk, below a URL and in memory: what they have in common, and what each has alone. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname, join } from "node:path";
import { FileError, type Files, machine, MemoryFiles, UrlFiles } from "../../lib/platform/mod.ts";
import { CachedUrlFiles } from "../../lib/platform/native/cached_url_files.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { FileServer, filesOf } from "./file_server.ts";

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (7 * i + (i >> 8)) % 251);

/** More than what is asked for of a file that is opened. */
const LARGE = 100_000;

const contents: Record<string, Uint8Array<ArrayBuffer>> = {
  "a text.json": new TextEncoder().encode('{ "name": "Ünïcode" }'),
  "unet/large": bytes(LARGE),
  "unet/empty": new Uint8Array(),
};

/** The same files in each place. */
const places: Record<string, (test: (files: Files) => Promise<void>) => Promise<void>> = {
  "on a disk": async (test) => {
    await using folder = await temporaryFolder();
    for (const [path, content] of Object.entries(contents)) {
      await Deno.mkdir(dirname(join(folder.path, path)), { recursive: true });
      await Deno.writeFile(join(folder.path, path), content);
    }
    await test(machine.open(folder.path));
  },
  "in memory": (test) => test(new MemoryFiles(contents)),
  "below a URL": async (test) => {
    await using server = new FileServer(Object.entries(contents));
    await test(new UrlFiles(server.address));
  },
  "below a URL, of a server without ranges and tags": async (test) => {
    await using server = new FileServer(Object.entries(contents), { ranges: false, tags: false });
    await test(new UrlFiles(server.address));
  },
  "below a URL, with a cache": async (test) => {
    await using server = new FileServer(Object.entries(contents));
    await using cache = await temporaryFolder();
    await test(new CachedUrlFiles(new UrlFiles(server.address), () => cache.path));
  },
};

for (const [name, withFiles] of Object.entries(places)) {
  Deno.test(`files ${name}: whole, in parts, and their sizes`, () =>
    withFiles(async (files) => {
      assertEquals(await files.readText("a text.json"), '{ "name": "Ünïcode" }');
      const unet = files.folder("unet");
      assertEquals(unet.pathOf("large"), files.pathOf("unet/large"));
      assertEquals(await unet.readBytes("large"), bytes(LARGE));
      assertEquals(await files.stat("unet/large"), { isFile: true, size: LARGE });
      using file = await unet.open("large");
      assertEquals(file.size, LARGE);
      const parts = [[0, 10], [90_000, 10], [99_990, 100], [60_000, 10_000], [LARGE, 5], [0, LARGE]];
      for (const [offset, length] of parts) {
        assertEquals(await file.read(offset, length), bytes(LARGE).slice(offset, offset + length));
      }
      using again = await unet.open("large");
      assertEquals(again.version, file.version);
      using empty = await unet.open("empty");
      assertEquals([empty.size, await empty.read(0, 5)], [0, new Uint8Array()]);
    }));

  Deno.test(`files ${name}: one that is missing is named`, () =>
    withFiles(async (files) => {
      assertEquals(await files.stat("unet/other"), undefined);
      const reads = [
        () => files.readText("unet/other"),
        () => files.readBytes("unet/other"),
        () => files.folder("unet").open("other"),
      ];
      for (const read of reads) {
        const error = await assertRejects(read, FileError, `${files.pathOf("unet/other")}: does not exist`);
        assertEquals(error.reason, "missing");
      }
    }));

  Deno.test(`files ${name}: the names in a folder, where they can be known`, () =>
    withFiles(async (files) => {
      const entries = await files.list();
      const names = entries?.map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
      assertEquals(names, name.includes("URL") ? undefined : ["a text.json", "unet/"]);
      if (!entries) return;
      assertEquals(await files.stat("unet"), { isFile: false, size: (await files.stat("unet"))!.size });
      await assertRejects(() => files.folder("other").list(), FileError, "does not exist");
    }));
}

Deno.test("files on a disk are known by where they lie, without links", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "blobs"));
  await Deno.writeFile(join(folder.path, "blobs", "hash"), bytes(3));
  await Deno.symlink("blobs/hash", join(folder.path, "weights"));
  const blobs = await Deno.realPath(join(folder.path, "blobs"));
  const place = { folder: blobs, name: "hash", path: join(blobs, "hash") };
  assertEquals(await machine.open(folder.path).place("weights"), place);
  assertEquals(await new MemoryFiles({ weights: "" }).place(), undefined);
});

Deno.test("an address that is none of HTTP's is refused", () => {
  for (const address of ["ftp://host/models", "models/emoji-I", "file:///models"]) {
    assertThrows(() => new UrlFiles(address), RangeError, `address: "${address}" where an http`);
  }
  const other = new URL("ftp://host/models");
  assertThrows(() => machine.open(other), RangeError, 'folder: "ftp://host/models" where a path');
});

Deno.test("an address in an error is without a password and a query", async () => {
  await using server = new FileServer([]);
  const { host } = new URL(server.address);
  const files = new UrlFiles(`http://me:secret@${host}/models/emoji I?token=secret#part`);
  assertEquals(files.label, `http://${host}/models/emoji%20I`);
  const error = await assertRejects(() => files.readText("config.json"), FileError);
  assertEquals(error.message, `http://${host}/models/emoji%20I/config.json: does not exist`);
});

Deno.test("a server that refuses, or is not there, is quoted", async () => {
  const answering = (status: number) => {
    return new UrlFiles("https://host.test/", { fetch: () => Promise.resolve(new Response("", { status })) });
  };
  const refused = await assertRejects(() => answering(503).readText("x"), FileError, "the server says 503");
  assertEquals(refused.reason, "unreadable");
  assertEquals(await answering(410).stat("x"), undefined);
  const server = new FileServer([]);
  const { address } = server;
  await server[Symbol.asyncDispose]();
  await assertRejects(() => new UrlFiles(address).readText("x"), FileError, `${address}x: cannot be read: `);
});

Deno.test("a host that the program may not reach is forbidden", async () => {
  const error = await assertRejects(() => new UrlFiles("http://192.0.2.1/").readText("x"), FileError);
  assertEquals(error.reason, "forbidden");
});

Deno.test("a file below a URL that changes while it is read in parts is refused", async () => {
  await using server = new FileServer(Object.entries(contents));
  using file = await new UrlFiles(server.address).open("unet/large");
  server.files.set("unet/large", bytes(LARGE).map((byte) => byte ^ 1));
  await assertRejects(
    () => file.read(90_000, 10),
    FileError,
    "unet/large: cannot be read: Error: the file was changed",
  );
});

Deno.test("an opened file's parts are asked for by ranges, its beginning once", async () => {
  await using server = new FileServer(Object.entries(contents));
  using file = await new UrlFiles(server.address).open("unet/large");
  await file.read(0, 10);
  await file.read(8, 1000);
  await file.read(90_000, 10);
  assertEquals(server.requests, [
    "GET /unet/large bytes=0-65535 206",
    "GET /unet/large bytes=90000-90009 206",
  ]);
});

// ---- The cache ----

Deno.test("files below a URL are fetched once, and lie in the cache under their hashes", async () => {
  await using server = new FileServer(Object.entries(contents));
  await using cache = await temporaryFolder();
  const open = () => new CachedUrlFiles(new UrlFiles(server.address), () => cache.path);
  const files = open();
  await Promise.all([
    files.readBytes("unet/large"),
    files.folder("unet").open("large").then((file) => file[Symbol.dispose]()),
  ]);
  assertEquals(server.requests, ["GET /unet/large 200"]);
  const place = await files.place("unet/large");
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", contents["unet/large"]));
  assertEquals(place.name, hash.toHex());
  assertEquals(await Deno.readFile(place.path), contents["unet/large"]);
  // Another program asks whether the file is the same.
  assertEquals(await open().readBytes("unet/large"), contents["unet/large"]);
  assertEquals(server.requests.slice(1), ["GET /unet/large 304"]);
});

Deno.test("a file that has changed is fetched anew, and the former stays for those who have it open", async () => {
  await using server = new FileServer(Object.entries(contents));
  await using cache = await temporaryFolder();
  const open = () => new CachedUrlFiles(new UrlFiles(server.address), () => cache.path);
  const former = await open().place("unet/large");
  server.files.set("unet/large", bytes(50));
  assertEquals(await open().readBytes("unet/large"), bytes(50));
  assertEquals(await Deno.readFile(former.path), bytes(LARGE));
});

Deno.test("a server that cannot be reached has not changed its files", async () => {
  await using cache = await temporaryFolder();
  const server = new FileServer(Object.entries(contents));
  const { address } = server;
  const open = () => new CachedUrlFiles(new UrlFiles(address), () => cache.path);
  await open().readBytes("unet/large");
  await server[Symbol.asyncDispose]();
  assertEquals(await open().readBytes("unet/large"), bytes(LARGE));
  assertEquals(await open().stat("unet/large"), { isFile: true, size: LARGE });
  await assertRejects(() => open().readBytes("a text.json"), FileError, "cannot be read");
});

Deno.test("what is cut short in the cache is fetched again", async () => {
  await using server = new FileServer(Object.entries(contents));
  await using cache = await temporaryFolder();
  const open = () => new CachedUrlFiles(new UrlFiles(server.address), () => cache.path);
  const { path } = await open().place("unet/large");
  await Deno.truncate(path, 10);
  assertEquals(await open().readBytes("unet/large"), bytes(LARGE));
});

Deno.test("a file that breaks off on its way leaves nothing in the cache", async () => {
  await using cache = await temporaryFolder();
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes(10));
      controller.error(new TypeError("the connection broke"));
    },
  });
  const fetch = () => Promise.resolve(new Response(broken));
  const files = new CachedUrlFiles(new UrlFiles("https://host.test/", { fetch }), () => cache.path);
  await assertRejects(
    () => files.readBytes("x"),
    FileError,
    "https://host.test/x: cannot be read: TypeError: the connection",
  );
  assertEquals(await Array.fromAsync(filesOf(cache.path)), []);
});

Deno.test("a cache that cannot be made is an error, not a file that is missing", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, "file"), "");
  await using server = new FileServer(Object.entries(contents));
  const files = new CachedUrlFiles(new UrlFiles(server.address), () => join(folder.path, "file"));
  const error = await assertRejects(() => files.readText("a text.json"), FileError, "cannot be read: ");
  assertEquals([error.reason, error.path.startsWith(folder.path)], ["unreadable", true]);
  const forbidden = new CachedUrlFiles(new UrlFiles(server.address), () => Deno.env.get("DENOISE_CACHE")!);
  const refused = await assertRejects(() => forbidden.readText("a text.json"), FileError, "DENOISE_CACHE");
  assertEquals(refused.reason, "forbidden");
});
