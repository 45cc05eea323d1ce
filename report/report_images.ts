/** The pictures that come with the report, and what they show. */

/** A picture that comes with the report. */
export interface ReportImage {
  /** Its id. */
  readonly id: string;
  /** Its file, in `report/images/`. */
  readonly file: string;
  /** Its title. */
  readonly title: string;
  /** Whether it is a mask: white where to repaint. */
  readonly mask: boolean;
}

const picture = (id: string, title: string, file = `${id}.png`): ReportImage => ({
  id,
  file,
  title,
  mask: false,
});
const mask = (of: string, title: string): ReportImage => {
  return { id: `mask-${of}`, file: `mask-${of}.png`, title, mask: true };
};

/** The pictures that come with the report. Of a mask `mask-NAME` the picture is `NAME`, and has its size. */
export const reportImages: readonly ReportImage[] = [
  picture("campanile", "a campanile"),
  picture("cat", "a cat"),
  picture("latte", "a latte"),
  picture("drawing-house", "a house and a tree, drawn by hand"),
  picture("drawing-fish", "a fish, drawn by hand"),
  picture("photo-cat", "a photograph of a cat"),
  picture("photo-latte", "a photograph of a latte"),
  picture("photo-rocket", "a photograph of a rocket's launch", "photo-rocket.jpg"),
  mask("campanile", "the campanile's top"),
  mask("cat", "the cat's face"),
  mask("latte", "the coffee in the latte"),
  mask("photo-cat", "the photographed cat's face"),
  mask("photo-latte", "the photographed cup"),
  mask("photo-rocket", "the photographed rocket"),
];

/** The title of a picture; the user's own files are named by their ids. */
export function titleOfImage(id: string): string {
  return reportImages.find((image) => image.id === id)?.title ?? id;
}
