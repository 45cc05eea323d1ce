/** How many bytes of a file tell what it is. */
export const FOREIGN_HEAD = 512;

/**
 * What a file is that stands where weights or a vocabulary should: what git leaves in place of a large file, what a server
 * says in place of one, or a file under another's name.
 *
 * @param head The first bytes of the file, {@linkcode FOREIGN_HEAD} if it has as many.
 * @returns What it is, in words; undefined where it may be what it should be.
 */
export function foreignContent(head: Uint8Array): string | undefined {
  if (head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) {
    return "a zip archive, such as PyTorch's own format is";
  }
  const text = new TextDecoder().decode(head.subarray(0, FOREIGN_HEAD)).replace(/^\ufeff?\s*/, "");
  if (/^version https:\/\/git-lfs\.github\.com\//.test(text)) {
    return "a Git LFS pointer in place of the file, which `git lfs pull` fetches";
  }
  if (/^(?:<!doctype html|<html|<head|<\?xml|<!--)/i.test(text)) return "an HTML page";
  if (/^[{[]\s*(?:["{[\]}]|$)/.test(text)) return "JSON";
  return undefined;
}
