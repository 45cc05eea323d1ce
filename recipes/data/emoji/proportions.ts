/** The probabilities of a training picture's properties, all in one place. Each is conditional on what precedes the colon. */
export const proportions = {
  /** All pictures: those of one thing in the middle, on white or, where the style has it, filling the square. */
  centred: 0.7,
  /** Pictures of styles that can fill the square: those that do. */
  bleed: 0.5,
  /** The pictures that are not centred. */
  composed: {
    /** Two things. */
    two: 0.45,
    /** The ground. */
    ground: { white: 0.3, plain: 0.25, drawn: 0.45 },
  },
  /** A thing of a picture that is not centred: how often it has a colour of its own, is small or big, or upside down. */
  thing: { colour: 0.3, small: 0.15, big: 0.12, upsideDown: 0.04 },
  /** The second thing of a picture, which has fewer words. */
  second: { colour: 0.12, small: 0.06, big: 0.06, upsideDown: 0 },
  /** The spatial relation of two things. */
  relation: {
    beside: 0.3,
    left: 0.09,
    right: 0.09,
    on: 0.14,
    under: 0.08,
    above: 0.08,
    front: 0.09,
    behind: 0.05,
    far: 0.08,
  },
  /** A mirrored thing next to another, which captions do not mention. */
  mirrored: 0.15,
  /** Captions: the style's or the network's choice of words. */
  caption: {
    /** They name nothing, or only the style: half each. */
    nothing: 0.05,
    /** Their phrases are the usual ones. */
    usual: 0.6,
    /** Those of one centred thing leave its article out. */
    bare: 0.1,
  },
} as const;

/** The spatial relation of two things. */
export type Relation = keyof typeof proportions.relation;
