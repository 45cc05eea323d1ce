/** The gallery as visitors have it: built, served by its task's program with the models that ship and a tiny one, and a real browser. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { faultsOf } from "./faults.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The server, the browser, and what is to be looked at. */
export interface Stage extends AsyncDisposable {
  /** Where the gallery is. */
  readonly address: string;
  /** The name of the tiny model. */
  readonly model: string;
  /** Opens a page; what goes wrong on it is noted. */
  open(path: string, options?: BrowserContextOptions): Promise<Visit>;
}

/** A page with what went wrong on it: errors on the console, requests that failed or went elsewhere. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly wrong: string[];
  /** The addresses of scripts that came, and their sizes when compressed. */
  readonly scripts: Map<string, number>;
}

/** Builds, serves, and starts the browser. */
export async function setStage(): Promise<Stage> {
  const data = await Deno.makeTempDir({ prefix: "gallery-browser-" });
  const model = await writeTextToImage(await Deno.makeTempDir({ prefix: "tiny-model-" }), "I");
  const run = (...args: string[]) => ["run", "--quiet", "--no-check", "--allow-read", ...args];
  const built = await new Deno.Command(Deno.execPath(), {
    args: run("--allow-write=_fresh", `--allow-run=${Deno.execPath()}`, "dev.ts", "build", "--if-needed"),
    cwd: root,
    stdout: "null",
  }).output();
  if (!built.success) throw new Error(new TextDecoder().decode(built.stderr));
  const server = new Deno.Command(Deno.execPath(), {
    args: run(
      `--allow-write=${data}`,
      "--allow-net=127.0.0.1",
      "--allow-env",
      `--allow-run=${Deno.execPath()}`,
      "cli/gallery.ts",
      "--port=0",
      `--model=${model}`,
    ),
    cwd: root,
    env: { GALLERY_DATA: data, GALLERY_JOBS_PER_MINUTE: "1000" },
    stdout: "piped",
  }).spawn();
  const address = await firstAddress(server.stdout);
  // A camera that shows a test card, and may be used.
  const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  const chromium = await startChromium(camera);
  const { browser } = chromium;
  return {
    address,
    model,
    open: (path, options) => visit(browser, address, path, options),
    async [Symbol.asyncDispose]() {
      await chromium[Symbol.asyncDispose]();
      try {
        server.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await server.status;
      for (const folder of [data, model]) await Deno.remove(folder, { recursive: true }).catch(() => {});
    },
  };
}

async function firstAddress(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    const found = /http:\/\/[\d.:]+/.exec(text += value ?? "");
    if (found && /\n/.test(text)) {
      await reader.cancel();
      return found[0];
    }
    if (done) throw new Error(`The server did not start: ${text}`);
  }
}

/** Streams of events that are followed no more, moments of a figure that is gone, words that have become others. */
const abandoned = (url: string): boolean => /\/api\/vocabulary\?|\/moments\.json$|\/events$/.test(url);

async function visit(
  browser: Browser,
  address: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const wrong = faultsOf(page, abandoned);
  const scripts = new Map<string, number>();
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) wrong.push(`elsewhere: ${url}`);
  });
  page.on("response", async (response) => {
    if (/\.js(\?|$)/.test(response.url())) {
      const body = await response.body().catch(() => undefined);
      if (body) scripts.set(new URL(response.url()).pathname, await gzipSize(Uint8Array.from(body)));
    }
  });
  await page.goto(address + path);
  return {
    page,
    wrong,
    scripts,
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function gzipSize(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

/** A picture for uploads: a gradient as PNG. */
export const picturePath = join(root, "report", "images", "cat.png");
