/** An endless set of scenes, each generated at random with its caption. */
import { createHash } from "node:crypto";
import { ArgumentError, described } from "../../../lib/errors.ts";
import type { Generator } from "../../../lib/random.ts";
import type { DrawnImage } from "../drawn_set.ts";
import { Draw } from "../scene/draw.ts";
import { raster } from "../scene/raster.ts";
import { sceneSvg } from "../scene/scene.ts";
import { trainingCaption } from "./captions.ts";
import type { Catalog, Picture } from "./catalog.ts";
import { compose } from "./compose.ts";
import { describe, type Description } from "./describe.ts";

/** Which pictures scenes use: training or held-out ones. */
export type Part = "training" | "heldOut";

/** Scenes of the pairs of name and style. */
export class Scenes {
  /** How many subjects there are: pairs of name and style, some more than once. An epoch draws a scene of each. */
  readonly count: number;
  readonly #catalog: Catalog;
  readonly #part: Part;
  /** The pictures of each subject, one of which a scene shows. */
  readonly #subjects: readonly (readonly Picture[])[];
  /** The pictures of a style. */
  readonly #byStyle: readonly (readonly Picture[])[];

  /**
   * Takes a catalog.
   *
   * @throws {ArgumentError} if the part has no picture.
   */
  constructor(catalog: Catalog, part: Part = "training") {
    this.#catalog = catalog;
    this.#part = part;
    const pictures = catalog.pictures.filter(({ heldOut }) => Boolean(heldOut) === (part === "heldOut"));
    const pairs = new Map<string, Picture[]>();
    for (const picture of pictures) {
      const key = `${picture.name} ${picture.style}`;
      pairs.set(key, [...pairs.get(key) ?? [], picture]);
    }
    this.#subjects = [...pairs.values()].flatMap((pair) => {
      return Array.from({ length: catalog.styles[pair[0].style].weight }, () => pair);
    });
    this.#byStyle = catalog.styles.map((_, style) => pictures.filter((picture) => picture.style === style));
    this.count = this.#subjects.length;
    if (this.count === 0) throw new ArgumentError("part", described(`no picture of ${part}`), "at least one");
  }

  /** A fingerprint of these scenes. */
  get fingerprint(): string {
    const { names, styles } = this.#catalog;
    const ids = this.#subjects.map((pair) => pair.map(({ id, name, style }) => `${id} ${name} ${style}`));
    return createHash("sha256").update(JSON.stringify([this.#part, names, styles, ids])).digest("hex").slice(
      0,
      16,
    );
  }

  /** Draws the description of a subject's scene. */
  describe(subject: number, draw: Draw): Description {
    const picture = draw.one(this.#subjects[subject]);
    return describe(this.#catalog, picture, draw, {
      others: this.#byStyle,
      training: this.#part === "training",
    });
  }

  /** Draws a training caption. */
  caption(description: Description, draw: Draw): string {
    return trainingCaption(this.#catalog, description, draw);
  }

  /**
   * Draws a scene with its caption. All random choices are made before the first await.
   *
   * @param subject Its number.
   * @param size Height and width.
   * @param generator Where every choice comes from.
   */
  async draw(subject: number, size: number, generator: Generator): Promise<DrawnImage> {
    const draw = new Draw(generator);
    const description = this.describe(subject, draw);
    const caption = this.caption(description, draw);
    const svg = sceneSvg(compose(this.#catalog, description, draw), size);
    return { image: await raster(svg, size), caption };
  }
}
