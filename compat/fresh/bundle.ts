/** A script for the browser. */
export interface Script {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Bundles modules for the browser, each into a script of its own name and what they share into others.
 *
 * @param entries The modules by name, as `file:` addresses.
 * @param work A folder for entry files; made and removed.
 */
export async function bundle(
  entries: ReadonlyMap<string, { specifier: string; hasDefault: boolean }>,
  work: string,
  minify: boolean,
): Promise<Script[]> {
  await Deno.mkdir(work, { recursive: true });
  try {
    const entrypoints: string[] = [];
    for (const [name, { specifier, hasDefault }] of entries) {
      const file = `${work}/${name}.js`;
      const from = JSON.stringify(specifier);
      await Deno.writeTextFile(
        file,
        `export * from ${from};${hasDefault ? `export { default } from ${from};` : ""}\n`,
      );
      entrypoints.push(file);
    }
    const { success, errors, outputFiles } = await Deno.bundle({
      entrypoints,
      platform: "browser",
      format: "esm",
      codeSplitting: true,
      minify,
      write: false,
      outputDir: `${work}/out`,
    });
    if (!success) {
      throw new Error(`Bundling for the browser failed:\n${errors.map((e) => e.text).join("\n")}`);
    }
    return outputFiles!.map(({ path, contents }) => ({
      name: path.replaceAll("\\", "/").split("/").at(-1)!,
      bytes: contents as Uint8Array<ArrayBuffer>,
    }));
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
