/** The style sheets of every page, in `static/`, in the order in which later rules take the place of earlier ones. */
export const styleSheets: readonly string[] = ["fonts.css", "gallery.css", "lab.css", "pages.css"];
