/** Kernels that grow with images. @module */

/** The odd width of a kernel that is `at64` at 64 pixels, for images of another height: 33 becomes 17, 133, 529. */
export function scaledKernel(at64: number, height: number): number {
  return 2 * Math.floor(at64 * height / 128) + 1;
}
