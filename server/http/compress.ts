/** Answers made smaller on their way. */

/** Smaller bodies are not worth it, in bytes. */
const SMALL = 1024;

/** What is text, whatever its name; streams of events come piece by piece, which compression would hold back. */
const texts =
  /^(text\/(?!event-stream)[\w.+-]+|application\/([\w.-]+\+)?(json|xml|javascript|manifest)|image\/svg\+xml)\b/;

/** An answer as gzip, where the client takes that and the answer is a text; as it is where not. */
export function compressed(request: Request, response: Response): Response {
  const { headers } = response;
  const type = headers.get("content-type") ?? "";
  if (!response.body || !texts.test(type) || headers.has("content-encoding")) return response;
  if (/\bno-transform\b/.test(headers.get("cache-control") ?? "")) return response;
  const size = headers.get("content-length");
  if (size !== null && Number(size) < SMALL) return response;
  const changed = new Headers(headers);
  changed.append("vary", "accept-encoding");
  const { status, statusText } = response;
  if (!takesGzip(request.headers.get("accept-encoding") ?? "")) {
    return new Response(response.body, { status, statusText, headers: changed });
  }
  changed.set("content-encoding", "gzip");
  changed.delete("content-length");
  // It is no longer the same bytes.
  const tag = changed.get("etag");
  if (tag !== null && !tag.startsWith("W/")) changed.set("etag", `W/${tag}`);
  const body = response.body.pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { status, statusText, headers: changed });
}

/** Whether a list of encodings has gzip, or all, and does not exclude it. */
function takesGzip(list: string): boolean {
  const weights = new Map(
    list.toLowerCase().split(",").map((item) => {
      const [name, weight = "q=1"] = item.split(";").map((part) => part.trim());
      return [name, Number(/^q=([\d.]+)$/.exec(weight)?.[1] ?? 0)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
