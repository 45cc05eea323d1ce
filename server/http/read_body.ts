/** Bodies of requests, as far as they are not too large. */
import { parseJson } from "./parse_json.ts";
import { RequestError } from "./problem.ts";

/**
 * Reads a body.
 *
 * @param request The request.
 * @param limit The largest number of bytes.
 * @throws {RequestError} 413 if it is larger: what is too much is not read.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  const tooLarge = () => new RequestError(413, `The body is larger than ${limit} bytes.`);
  if (announced > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    try {
      for await (const chunk of request.body) {
        size += chunk.length;
        if (size > limit) throw tooLarge();
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof RequestError) throw error;
      throw new RequestError(400, "The body did not arrive whole.");
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Reads a body of JSON.
 *
 * @throws {RequestError} 415 if it does not say that it is JSON, 400 if it is not, 413 if it is too large.
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers.get("content-type") ?? "")) {
    throw new RequestError(415, "The body's content-type is not application/json.");
  }
  const bytes = await readBody(request, limit);
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, "The body is not JSON.");
  }
}
