/** Download links of a trained model. */

/** Links to a network's weights and to its folder. */
export function TrainedLinks(
  { weights, folder, name }: {
    /** The address of the weights. */
    readonly weights: string;
    /** The address of the folder, packed. */
    readonly folder: string;
    /** The files' names, without endings. */
    readonly name: string;
  },
) {
  return (
    <>
      <a class="button small weights" href={weights} download={`${name}.safetensors`}>
        Download the weights
      </a>
      <a
        class="button small trained"
        href={folder}
        download={`${name}.zip`}
        title="A folder with the weights as safetensors, for deno task sample --model FOLDER"
      >
        Download the trained model
      </a>
    </>
  );
}
