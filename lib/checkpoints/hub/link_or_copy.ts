/** How a file came to its second place: as another name of the same file, or as a copy that takes room of its own. */
export type PulledStorage = "links" | "copies";

/** Gives a file a second name. */
export type Link = (from: string, to: string) => Promise<void>;

/**
 * Gives a file a second name (a hard link); copies it where the system can give none, as between two disks.
 *
 * @param from The file.
 * @param to Its second place, where nothing is yet.
 * @param link Makes the link.
 * @returns Which of the two it was.
 */
export async function linkOrCopy(from: string, to: string, link: Link = Deno.link): Promise<PulledStorage> {
  try {
    await link(from, to);
    return "links";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.NotFound) throw error;
    await Deno.copyFile(from, to);
    return "copies";
  }
}
