/** The icon packages of npm: SVG by name, in the version that was asked for. */
import type { IconDrawing } from "../scene/scene.ts";
import { fxemojiNames } from "./names.ts";
import { type IconPackage, packages } from "./packages.ts";

/** Thrown for a package that is missing, damaged or of another version; the message names it. */
export class IconSetError extends Error {
  /** The name of the class. */
  override name = "IconSetError";
}

interface Icon {
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

/** The form of a package's icons.json, as far as it is used. */
interface IconFile extends Omit<Icon, "body"> {
  readonly icons: Readonly<Record<string, Icon>>;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
}

/** The icons of one package. */
export class IconSet {
  readonly #file: IconFile;

  /** Takes what a package's icons.json holds. */
  constructor(readonly source: IconPackage, file: unknown) {
    const { icons } = file as Partial<IconFile>;
    if (typeof icons !== "object" || icons === null) {
      throw new IconSetError(`@iconify-json/${source.id}: icons.json has no icons`);
    }
    this.#file = file as IconFile;
  }

  /** The names of all icons, aliases included, as most of the sets write them. */
  names(): string[] {
    return [...Object.keys(this.#file.icons), ...Object.keys(this.#file.aliases ?? {})];
  }

  /** Whether there is an icon of a name. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /**
   * An icon as a part of a larger drawing.
   *
   * @param name The icon, as most of the sets call it, or as this one does.
   * @throws {IconSetError} if there is none.
   */
  drawing(name: string): IconDrawing {
    const icon = this.#find(name) ??
      (Object.hasOwn(this.#file.icons, name) ? this.#file.icons[name] : undefined);
    if (!icon) throw new IconSetError(`@iconify-json/${this.source.id}: no icon ${name}`);
    const { left = 0, top = 0, width = this.#file.width, height = this.#file.height } = icon;
    return { body: icon.body, box: [left, top, width ?? 16, height ?? 16] };
  }

  #find(name: string): Icon | undefined {
    const { icons, aliases } = this.#file;
    const get = (key: string) => Object.hasOwn(icons, key) ? icons[key] : undefined;
    if (this.source.id === "fxemoji") {
      return get(Object.hasOwn(fxemojiNames, name) ? fxemojiNames[name] : name.replaceAll("-", ""));
    }
    return get(name) ?? (aliases && Object.hasOwn(aliases, name) ? get(aliases[name].parent) : undefined);
  }
}

/** Where Deno keeps a package, by the place of a file in it. */
function packaged(id: string, file: string): URL {
  const specifier = `@iconify-json/${id}`;
  try {
    return new URL(import.meta.resolve(`${specifier}/${file}`));
  } catch (cause) {
    throw new IconSetError(`${specifier}: not installed, run \`deno install\` in the repository`, { cause });
  }
}

/** Reads a JSON file of a package. */
async function readJson(url: URL, what: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await Deno.readTextFile(url));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is no whole JSON file" : "cannot be read";
    throw new IconSetError(`${what} ${why}, run \`deno install\` in the repository`, { cause });
  }
}

/**
 * Opens a package.
 *
 * @param source The package.
 * @param folder The package's folder, with a slash at the end; by default where Deno has installed it.
 * @throws {IconSetError} if the package is missing, damaged or of another version.
 */
export async function openIconSet(source: IconPackage, folder?: URL): Promise<IconSet> {
  const name = `@iconify-json/${source.id}`;
  const place = (file: string) => folder ? new URL(file, folder) : packaged(source.id, file);
  const { version } = await readJson(place("package.json"), `${name}: package.json`);
  if (version !== source.version) {
    throw new IconSetError(`${name}: version ${version} where ${source.version} is expected`);
  }
  return new IconSet(source, await readJson(place("icons.json"), `${name}: icons.json`));
}

/**
 * Opens packages.
 *
 * @param sources The packages; defaults to all.
 * @throws {IconSetError} if one is missing, damaged or of another version.
 */
export async function openIconSets(sources: readonly IconPackage[] = packages): Promise<IconSet[]> {
  return await Promise.all(sources.map((source) => openIconSet(source)));
}
