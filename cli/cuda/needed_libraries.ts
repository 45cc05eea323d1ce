/** Which shared libraries a shared library needs: what its dynamic section says (ELF, System V ABI, chapter 5). */

const [LOAD, DYNAMIC] = [1, 2];
const [END, NEEDED, STRINGS] = [0, 1, 5];

/** A part of the file that is loaded at an address. */
interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * The names of the libraries that a 64-bit little-endian library depends on.
 *
 * @param path The library.
 * @throws {Error} if the file is not one.
 */
export async function neededLibraries(path: string): Promise<string[]> {
  using file = await Deno.open(path);
  const read = async (offset: number, length: number) => {
    await file.seek(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) throw new Error(`${path}: ends where ${length - filled} bytes more are expected`);
      filled += count;
    }
    return bytes;
  };
  const number = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

  const head = await read(0, 64);
  const view = new DataView(head.buffer);
  if (view.getUint32(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) {
    throw new Error(`${path}: not a 64-bit library`);
  }
  const [start, size, count] = [number(view, 32), view.getUint16(54, true), view.getUint16(56, true)];
  const table = new DataView((await read(start, size * count)).buffer);
  const segments = Array.from({ length: count }, (_, i): Segment => ({
    type: table.getUint32(i * size, true),
    offset: number(table, i * size + 8),
    address: number(table, i * size + 16),
    size: number(table, i * size + 32),
  }));
  const section = segments.find(({ type }) => type === DYNAMIC);
  if (!section) return [];

  const names: number[] = [];
  let strings = 0;
  const entries = new DataView((await read(section.offset, section.size)).buffer);
  for (let at = 0; at < section.size && number(entries, at) !== END; at += 16) {
    const [tag, value] = [number(entries, at), number(entries, at + 8)];
    if (tag === NEEDED) names.push(value);
    else if (tag === STRINGS) strings = value;
  }
  const holder = segments.find(({ type, address, size }) => {
    return type === LOAD && address <= strings && strings < address + size;
  });
  if (!holder) throw new Error(`${path}: no segment contains its names`);
  const place = strings - holder.address + holder.offset;
  const text = await read(place, holder.offset + holder.size - place);
  return names.map((at) => new TextDecoder().decode(text.subarray(at, text.indexOf(0, at))));
}
