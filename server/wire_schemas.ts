/**
 * What travels between the gallery's server and those who use it, as schemas: the types in `wire.ts`, the description of
 * the API and the tests of its answers come from them.
 *
 * @module
 */
import { z } from "zod";
import type { Field as ReportField, Generation, Json } from "../report/mod.ts";

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const texts = list(z.string());

/** Parameters of a section, whose own schemas say more. */
export const parameters = z.custom<Readonly<Record<string, Json>>>(isObject).meta({
  type: "object",
  description: "Parameters of the section",
});

/** Which file a picture is. */
const mediaType = z.enum(["image/png", "image/gif", "image/svg+xml"]).describe("What the bytes are");
const size = {
  width: z.number().describe("Pixels in a row"),
  height: z.number().describe("Rows of pixels"),
};

/** A picture in an event. */
export const picture = z.object({
  type: mediaType,
  ...size,
  data: z.base64().describe("The file in base64"),
});

/** The place of a picture on a figure's sheet, in pixels. */
const cell = z.object({
  row: z.int().describe("Its row, from 0"),
  column: z.int().describe("Its column, from 0"),
  x: z.number().describe("Distance from the left edge"),
  y: z.number().describe("Distance from the upper edge"),
  ...size,
  label: z.string().describe("What it shows beyond the labels of its row and column"),
  origin: z.object({
    slots: texts.describe("The slots of its samplings, the earliest first"),
    index: z.int().describe("Its place in the strips of these previews, from 0"),
  }).optional().describe("The previews that led to it"),
  generation: z.custom<Generation>(isObject).meta({ type: "object" }).optional()
    .describe("How it was generated, as images store it: the options of a generation of the library"),
});

/** A figure whose picture is a file of its own. */
export const figure = z.object({
  name: z.string().describe("The stem of its file"),
  file: z.string().describe("The file's name"),
  type: mediaType,
  ...size,
  caption: z.string().describe("What it shows, as HTML that the server has made"),
  plainCaption: z.string().optional().describe("The same as the section wrote it, formulas between dollars"),
  alt: z.string().describe("What can be seen"),
  rows: texts.describe("Labels of the rows"),
  columns: texts.describe("Labels of the columns"),
  cells: list(cell).describe("The places of the pictures on it"),
});

/** An argument that cannot be used: the fields of the library's `ArgumentError`. */
export const fault = z.object({
  argument: z.string().describe("The argument that is wrong, by its path: pairs[0].upright"),
  found: z.string().describe(
    "What it was: a text in quotation marks, other values as JSON, long ones cut short",
  ),
  expected: z.string().describe("What is expected, as a noun: a number of at most 100"),
});

/** What happens to a job, in order. */
export const event = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("queued"),
    position: z.int().describe("How many are before it, itself counted"),
    wait: z.number().describe("Seconds until it starts"),
  }),
  z.object({ type: z.literal("started") }),
  z.object({
    type: z.literal("progress"),
    done: z.number(),
    total: z.number(),
    label: z.string(),
    remaining: z.number().nullable().describe("Seconds that are left; null where nothing can be said yet"),
  }),
  z.object({
    type: z.literal("preview"),
    slot: z.string().describe("What is being generated"),
    step: z.int(),
    steps: z.int(),
    t: z.number().describe("The timestep; -1 after the last"),
    x: picture,
    x0: picture,
    count: z.int().describe("How many pictures are beside each other"),
    compresses: z.literal(true).optional().describe("Whether a report keeps it though it is large"),
  }),
  z.object({
    type: z.literal("points"),
    curve: z.string(),
    points: list(z.tuple([z.number(), z.number()]).readonly()).describe("Those that are new"),
  }),
  z.object({ type: z.literal("figure"), figure }),
  z.object({ type: z.literal("done"), seconds: z.number() }),
  z.object({ type: z.literal("failed"), message: z.string(), ...fault.partial().shape }),
  z.object({ type: z.literal("cancelled") }),
]);

/** Where a job is. */
export const jobState = z.enum(["queued", "running", "done", "failed", "cancelled"]);

/** A job. */
export const job = z.object({
  id: z.string(),
  section: z.string().describe("The section that it runs"),
  parameters,
  key: z.string().describe("The name of its result: the same for the same section, parameters and models"),
  state: jobState,
  position: z.int().describe("How many are before it; 0 when it runs or is over"),
  wait: z.number().describe("The seconds until it starts, as far as is known"),
  cached: z.boolean().describe("Whether the answer was known already"),
  error: z.object({ message: z.string(), ...fault.partial().shape }).optional()
    .describe("What went wrong, and with which argument, if it is one"),
});

/** What starts a job. */
export const jobRequest = z.strictObject({
  section: z.string({ error: "a text" }).describe("The section's id"),
  parameters: z.unknown().optional(),
});

/** A result that is kept. */
export const result = z.object({
  key: z.string(),
  section: z.string().describe("The section that was run"),
  parameters,
  models: z.record(z.string(), z.string()).readonly()
    .describe("The models by name, and what their weights are known by"),
  created: z.iso.datetime().describe("When it was made"),
  seconds: z.number().describe("How long that took"),
  figures: list(figure),
});

/** A picture or mask that a section can be given. */
export const image = z.object({
  id: z.string().describe("What sections call it"),
  title: z.string().describe("What it shows"),
  mask: z.boolean().describe("Whether it is a mask"),
  src: z.string().describe("Where it can be seen"),
});

/** A model that can be chosen. */
export const model = z.object({
  name: z.string().describe("What sections call it"),
  kind: z.string().describe("What it does: the kinds that fields ask for"),
});

/** What a model for texts knows. */
export const vocabulary = z.object({
  styles: texts.describe("What stands before the name of a thing: an oil painting of"),
  things: texts.describe("What it draws, as captions say it: a rocket ship"),
  others: list(z.object({ kind: z.string(), phrases: texts })).describe(
    "What else it was trained on, by kind",
  ),
});

/** A word that a model does not know. */
export const unknownWord = z.object({
  word: z.string(),
  nearest: texts.describe("What is nearest among those it knows; there may be nothing"),
});

/** What is wrong with a request (RFC 9457), and with which of its arguments, if it is one. */
export const problem = z.object({
  status: z.int(),
  detail: z.string().describe("What is wrong, in a sentence"),
  ...fault.partial().shape,
});

/** A picture that was sent. */
export const upload = z.object({
  id: z.string().describe("What parameters call it"),
  width: z.int().describe("Pixels in a row of the picture when it stands upright"),
  height: z.int().describe("Rows of pixels then"),
});

/** Whether all is well. */
export const health = z.object({
  ok: z.boolean(),
  waiting: z.int().nullable().describe("Jobs that wait; null where the queue does not answer"),
  running: z.int().nullable().describe("Jobs that run, likewise"),
  workers: z.int().describe("Workers that can run them"),
});

/** The workers of a fleet and their queues. */
export const fleet = z.object({
  workers: list(z.object({
    host: z.string().describe("The machine's name"),
    device: z.string().describe("Where it computes"),
    models: texts.describe("The names of its models there"),
    megabytes: z.number().describe("How much memory a job may use"),
    jobs: z.int().describe("How many jobs it runs at a time"),
    running: z.int().describe("How many it runs now"),
  })),
  queues: list(z.object({
    models: texts.describe("What all of its workers have"),
    waiting: z.int().describe("Jobs that wait"),
    running: z.int().describe("Jobs that run"),
  })),
});

/** A section, in a list. */
export const section = z.object({ id: z.string(), title: z.string(), summary: z.string() });

/** One field of a form. */
export const field: z.ZodType<ReportField> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.enum(["integer", "number", "string", "boolean", "list", "group"]),
    label: z.string().optional(),
    help: z.string().optional(),
    control: z.custom<ReportField["control"]>((value) => typeof value === "string").optional()
      .meta({ type: "string", description: "How it is filled in" }),
    step: z.number().optional().describe("The increment of a slider"),
    kind: z.custom<ReportField["kind"]>((value) => typeof value === "string").optional()
      .meta({ type: "string", description: "Which models may be chosen" }),
    default: z.custom<Json>().optional().meta({ description: "Its value where nothing is said" }),
    min: z.number().optional().describe("The smallest number; of a list the smallest number of items"),
    max: z.number().optional().describe("The largest number; of a list or a text its length"),
    choices: texts.optional(),
    item: field.optional().describe("What a list is made of"),
    fields: list(field).optional().describe("What a group is made of"),
  })
);

/** All that a form for a section needs. */
export const form = z.object({
  fields: list(field),
  defaults: parameters,
  start: parameters,
  quick: parameters,
  answers: z.record(z.string(), texts).readonly().optional().describe(
    "Where figures answer different parameters: the names of each figure's own; the first is looked at first",
  ),
  images: list(image).describe("Pictures that can be chosen"),
  models: list(model).describe("Models that can be chosen"),
  vocabularies: z.record(z.string(), vocabulary).readonly()
    .describe(
      "What the models for texts know, by their names; nothing of those whose words are not written down",
    ),
  pace: z.number().optional().describe("Seconds for each unit of work, as earlier runs have taken"),
  trainingPace: z.number().optional().describe("The same of runs that train"),
  tab: z.object({
    models: z.record(z.string(), z.number()).readonly().describe(
      "The bytes of each model that a tab can open",
    ),
  }).optional().describe(
    "What a section can be run with in a reader's tab; nothing where its program was not built",
  ),
});

/** A section with its form. */
export const sectionForm = z.object({ ...section.shape, ...form.shape });
