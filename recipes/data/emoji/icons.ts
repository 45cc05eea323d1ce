/** The icon packages of npm: SVG by name, in the version that was asked for. */
import type { IconDrawing } from "../scene/scene.ts";
import { fxemojiNames } from "./names.ts";
import type { Style } from "./styles.ts";

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

/** The pictures of one style. */
export class IconSet {
  readonly #file: IconFile;

  /** Takes what a package's icons.json holds. */
  constructor(readonly style: Style, file: unknown) {
    const { icons } = file as Partial<IconFile>;
    if (typeof icons !== "object" || icons === null) {
      throw new IconSetError(`@iconify-json/${style.id}: icons.json has no icons`);
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
   * An icon as an SVG document.
   *
   * @param name The icon, as most of the sets call it.
   * @param width The width of the document, in pixels.
   * @param height Its height; an icon of other proportions is stretched where they differ.
   * @throws {IconSetError} if there is none.
   */
  svg(name: string, width: number, height: number): string {
    const icon = this.#find(name);
    if (!icon) throw new IconSetError(`@iconify-json/${this.style.id}: no icon ${name}`);
    const { left = 0, top = 0, width: w = this.#file.width, height: h = this.#file.height } = icon;
    const box = `${left} ${top} ${w ?? 16} ${h ?? 16}`;
    const fit = width === height ? "xMidYMid" : "none";
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" ` +
      `height="${height}" viewBox="${box}" preserveAspectRatio="${fit}">${icon.body}</svg>`;
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
    if (!icon) throw new IconSetError(`@iconify-json/${this.style.id}: no icon ${name}`);
    const { left = 0, top = 0, width = this.#file.width, height = this.#file.height } = icon;
    return { body: icon.body, box: [left, top, width ?? 16, height ?? 16] };
  }

  #find(name: string): Icon | undefined {
    const { icons, aliases } = this.#file;
    const get = (key: string) => Object.hasOwn(icons, key) ? icons[key] : undefined;
    if (this.style.id === "fxemoji") {
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
 * Opens the package of a style.
 *
 * @param style The style.
 * @param folder The package's folder, with a slash at the end; by default where Deno has installed it.
 * @throws {IconSetError} if the package is missing, damaged or of another version.
 */
export async function openIconSet(style: Style, folder?: URL): Promise<IconSet> {
  const name = `@iconify-json/${style.id}`;
  const place = (file: string) => folder ? new URL(file, folder) : packaged(style.id, file);
  const { version } = await readJson(place("package.json"), `${name}: package.json`);
  if (version !== style.version) {
    throw new IconSetError(`${name}: version ${version} where ${style.version} is expected`);
  }
  return new IconSet(style, await readJson(place("icons.json"), `${name}: icons.json`));
}
