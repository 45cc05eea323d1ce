/** How sections are numbered and found. */

/** The address of a section's page. */
export const sectionAddress = (id: string): string => `/sections/${id}`;

/** The number of a section, in two digits. */
export const sectionNumber = (index: number): string => String(index + 1).padStart(2, "0");
