/** The tiny vocabulary as transformers 5 saves it. */
import { parseModelProto, PieceType } from "../../lib/text/model_proto.ts";

/** The tiny vocabulary as SentencePiece has it. */
export const spieceTiny = await Deno.readFile(new URL("../fixtures/spiece_tiny.model", import.meta.url));

/** What is in it. */
export const proto = parseModelProto(spieceTiny, "spiece_tiny.model");

/** The `tokenizer.json` that transformers 5 saves of a unigram model, with changes. */
export function tokenizerJson(
  changes: Record<string, unknown> = {},
  model: Record<string, unknown> = {},
): string {
  const vocab = proto.pieces.map((
    { bytes, score },
  ): [string, number] => [new TextDecoder().decode(bytes), score]);
  const special = proto.pieces.flatMap(({ type }, id) => type === PieceType.normal ? [] : [id]);
  const token = (id: number, content: string) => ({ id, content, normalized: false, special: true });
  return JSON.stringify({
    version: "1.0",
    truncation: { max_length: 77 },
    padding: null,
    added_tokens: special.map((id) => token(id, vocab[id][0])),
    normalizer: { type: "Precompiled", precompiled_charsmap: proto.normalizer.charsmap.toBase64() },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "WhitespaceSplit" },
        { type: "Metaspace", replacement: "\u2581", prepend_scheme: "always", split: true },
      ],
    },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
    },
    decoder: { type: "Metaspace" },
    model: {
      type: "Unigram",
      unk_id: proto.pieces.findIndex(({ type }) => type === PieceType.unknown),
      vocab,
      byte_fallback: false,
      ...model,
    },
    ...changes,
  });
}
