/** A preview of a mask over its picture. */

/** The picture, striped where it is regenerated: the white of the mask. */
export function MaskPreview({ picture, mask }: {
  /** Addresses. */
  readonly picture: string;
  readonly mask: string;
}) {
  return (
    <div class="mask-preview" role="img" aria-label="The picture, striped where it is regenerated">
      <img src={picture} alt="" data-fresh-disable-lock />
      <span style={`mask-image: url("${mask}")`} />
    </div>
  );
}
