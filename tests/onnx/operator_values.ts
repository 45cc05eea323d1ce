/** What PyTorch 2.13.0 computes of the inputs that the tests of operators have: `scattered` of `compute.ts`. */
const file = new URL("../fixtures/operators/pytorch-2.13.0.json", import.meta.url);

/** The values of a test, by its name. */
export type OperatorValues = Readonly<Record<string, readonly number[]>>;

/** Reads them: of operators on elements and axes, and of those on images. */
export async function readOperatorValues(): Promise<Readonly<Record<"elements" | "images", OperatorValues>>> {
  return JSON.parse(await Deno.readTextFile(file));
}
