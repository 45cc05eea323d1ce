/**
 * The types exchanged between the gallery's server and its clients, including the islands. The schemas document
 * their fields.
 *
 * @module
 */
import type { z } from "zod";
import type * as schemas from "./wire_schemas.ts";

/** Parameters of a section. */
export type Parameters = z.infer<typeof schemas.parameters>;
/** A picture in an event. */
export type WirePicture = z.infer<typeof schemas.picture>;
/** A figure whose picture is a file of its own. */
export type WireFigure = z.infer<typeof schemas.figure>;
/** An argument that cannot be used: the fields of the library's `ArgumentError`. */
export type Fault = z.infer<typeof schemas.fault>;
/** The events of a job. */
export type JobEvent = z.infer<typeof schemas.event>;
/** The state of a job. */
export type JobState = z.infer<typeof schemas.jobState>;
/** A job, as the API returns it. */
export type JobStatus = z.infer<typeof schemas.job>;
/** A stored result. */
export type WireResult = z.infer<typeof schemas.result>;
/** A picture or mask for sections. */
export type WireImage = z.infer<typeof schemas.image>;
/** An available model. */
export type WireModel = z.infer<typeof schemas.model>;
/** The vocabulary of a text-to-image model. */
export type WireVocabulary = z.infer<typeof schemas.vocabulary>;
/** An unknown word, with the nearest known ones. */
export type WireUnknownWord = z.infer<typeof schemas.unknownWord>;
/** What is wrong with a request (RFC 9457), and with which of its arguments, if it is one. */
export type Problem = z.infer<typeof schemas.problem>;
/** An uploaded picture. */
export type WireUpload = z.infer<typeof schemas.upload>;
/** The data of a section's form. */
export type WireForm = z.infer<typeof schemas.form>;
