/** Fills an array from a file, from where the file stands; returns how many bytes there were. */
export async function readFully(file: Deno.FsFile, out: Uint8Array): Promise<number> {
  let at = 0;
  while (at < out.length) {
    const n = await file.read(out.subarray(at));
    if (n === null) break;
    at += n;
  }
  return at;
}
