/** EXIF: the notes of a camera, a little TIFF file of tags that JPEG and PNG carry along. */

/** The tag that says how an image is to be turned. */
const ORIENTATION = 0x0112;

/** Whole numbers by their TIFF type: bytes for each, and how one is read. */
const NUMBERS: Readonly<
  Record<number, { bytes: number; read: (view: DataView, at: number, little: boolean) => number }>
> = {
  1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  6: { bytes: 1, read: (view, at) => view.getInt8(at) },
  8: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  9: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
};

/** The bytes behind `Exif` and two zeros, with which some writers begin; JPEG's segments always do. */
function afterMark(bytes: Uint8Array): Uint8Array {
  const marked = [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, i) => bytes[i] === byte);
  return marked ? afterMark(bytes.subarray(6)) : bytes;
}

/** The first number of an entry of a directory: in the entry itself where all of its numbers fit there, else elsewhere. */
function numberOf(view: DataView, entry: number, little: boolean): number | undefined {
  const type = NUMBERS[view.getUint16(entry + 2, little)];
  const count = view.getUint32(entry + 4, little);
  if (!type || count === 0) return undefined;
  const at = type.bytes * count <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  return type.read(view, at, little);
}

/**
 * Reads the orientation that EXIF data name, in either order of bytes, with the number as a SHORT or of another whole type.
 *
 * @param bytes A TIFF header and its first directory, with or without `Exif` and two zeros before them.
 * @returns the number as it stands there, 1 to 8 if it is right; undefined where there is none or the data are damaged: a
 * damaged note about the camera is no reason to refuse the image.
 */
export function exifOrientation(bytes: Uint8Array): number | undefined {
  const tiff = afterMark(bytes);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const order = view.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return undefined;
    const little = order === 0x4949;
    const directory = view.getUint32(4, little);
    const count = view.getUint16(directory, little);
    for (let i = 0; i < count; i++) {
      const entry = directory + 2 + 12 * i;
      if (view.getUint16(entry, little) === ORIENTATION) return numberOf(view, entry, little);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends too early
  }
  return undefined;
}
