/**
 * What travels between the gallery's server and those who use it: types alone, for the islands as well. The schemas say
 * what their fields mean.
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
/** What happens to a job, in order. */
export type JobEvent = z.infer<typeof schemas.event>;
/** Where a job is. */
export type JobState = z.infer<typeof schemas.jobState>;
/** A job, as the API answers. */
export type JobStatus = z.infer<typeof schemas.job>;
/** A result that is kept. */
export type WireResult = z.infer<typeof schemas.result>;
/** A picture or mask that a section can be given. */
export type WireImage = z.infer<typeof schemas.image>;
/** A model that can be chosen. */
export type WireModel = z.infer<typeof schemas.model>;
/** What a model for texts knows. */
export type WireVocabulary = z.infer<typeof schemas.vocabulary>;
/** A word that a model does not know, and what it knows that is nearest. */
export type WireUnknownWord = z.infer<typeof schemas.unknownWord>;
/** What is wrong with a request (RFC 9457), and with which of its arguments, if it is one. */
export type Problem = z.infer<typeof schemas.problem>;
/** A picture that was sent. */
export type WireUpload = z.infer<typeof schemas.upload>;
/** All that a form for a section needs. */
export type WireForm = z.infer<typeof schemas.form>;
