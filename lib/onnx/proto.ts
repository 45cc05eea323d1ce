/**
 * The part of onnx.proto3 that a graph needs, written with protobufjs' wire-format writer. Field numbers are those of
 * the ONNX repository's `onnx/onnx.proto3`, which keeps them stable.
 */
import protobuf from "protobufjs/minimal.js";
import { type DType, dtypeCodes } from "./dtype.ts";

/** The value of a node's attribute: a number is written as a float where `float` is said, else as an integer. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

/** One node, with the names of its inputs (empty where an optional one is left out) and outputs. */
export interface NodeProto {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Where the bytes of an initializer stand in a file beside the model. */
export interface ExternalData {
  /** The file's path, relative to the folder of the model. */
  readonly location: string;
  /** The first byte's position in it. */
  readonly offset: number;
  /** How many bytes. */
  readonly length: number;
}

/** A constant of the graph: its bytes, or where they stand. */
export interface TensorProto {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

/** An input or output; a string in the shape is a symbolic size. */
export interface ValueInfoProto {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** A whole graph. */
export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

const BYTES = 2; // wire type "length-delimited"
const FIXED32 = 5;

type Writer = protobuf.Writer;

function tag(writer: Writer, field: number, wireType = 0): Writer {
  return writer.uint32((field << 3) | wireType);
}

function message<T>(
  writer: Writer,
  field: number,
  write: (writer: Writer, value: T) => void,
  value: T,
): void {
  tag(writer, field, BYTES).fork();
  write(writer, value);
  writer.ldelim();
}

function string(writer: Writer, field: number, value: string): void {
  tag(writer, field, BYTES).string(value);
}

function attribute(writer: Writer, [name, value]: [string, Attribute]): void {
  string(writer, 1, name);
  if ("float" in value) {
    tag(writer, 2, FIXED32).float(value.float);
    tag(writer, 20).int32(1);
  } else if ("int" in value) {
    tag(writer, 3).int64(value.int);
    tag(writer, 20).int32(2);
  } else if ("string" in value) {
    string(writer, 4, value.string);
    tag(writer, 20).int32(3);
  } else if ("floats" in value) {
    for (const f of value.floats) tag(writer, 7, FIXED32).float(f);
    tag(writer, 20).int32(6);
  } else {
    for (const i of value.ints) tag(writer, 8).int64(i);
    tag(writer, 20).int32(7);
  }
}

function node(writer: Writer, value: NodeProto): void {
  for (const input of value.inputs) string(writer, 1, input);
  for (const output of value.outputs) string(writer, 2, output);
  string(writer, 3, value.name);
  string(writer, 4, value.op);
  for (const entry of Object.entries(value.attributes)) message(writer, 5, attribute, entry);
  if (value.domain) string(writer, 7, value.domain);
}

function entry(writer: Writer, [key, value]: [string, string]): void {
  string(writer, 1, key);
  string(writer, 2, value);
}

function tensor(writer: Writer, value: TensorProto): void {
  for (const dim of value.shape) tag(writer, 1).int64(dim);
  tag(writer, 2).int32(dtypeCodes[value.dtype]);
  string(writer, 8, value.name);
  if (value.data instanceof Uint8Array) {
    tag(writer, 9, BYTES).bytes(value.data);
  } else {
    message(writer, 13, entry, ["location", value.data.location] as [string, string]);
    message(writer, 13, entry, ["offset", String(value.data.offset)] as [string, string]);
    message(writer, 13, entry, ["length", String(value.data.length)] as [string, string]);
    tag(writer, 14).int32(1); // data_location = EXTERNAL
  }
}

function dimension(writer: Writer, dim: number | string): void {
  if (typeof dim === "number") tag(writer, 1).int64(dim);
  else string(writer, 2, dim);
}

function valueInfo(writer: Writer, value: ValueInfoProto): void {
  string(writer, 1, value.name);
  message(writer, 2, (typeWriter) => {
    message(typeWriter, 1, (tensorWriter) => {
      tag(tensorWriter, 1).int32(dtypeCodes[value.dtype]);
      message(tensorWriter, 2, (shapeWriter) => {
        for (const dim of value.shape) message(shapeWriter, 1, dimension, dim);
      }, undefined);
    }, undefined);
  }, undefined);
}

function graph(writer: Writer, value: GraphProto): void {
  for (const n of value.nodes) message(writer, 1, node, n);
  string(writer, 2, value.name);
  for (const t of value.initializers) message(writer, 5, tensor, t);
  for (const v of value.inputs) message(writer, 11, valueInfo, v);
  for (const v of value.outputs) message(writer, 12, valueInfo, v);
}

function opset(writer: Writer, [domain, version]: [string, number]): void {
  string(writer, 1, domain);
  tag(writer, 2).int64(version);
}

/** Encodes a graph as the bytes of an `onnx.ModelProto`. */
export function encodeModel(
  value: GraphProto,
  opsets: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> {
  const writer = protobuf.Writer.create();
  tag(writer, 1).int64(10); // ir_version
  string(writer, 2, "denoise");
  message(writer, 7, graph, value);
  for (const entry of Object.entries(opsets)) message(writer, 8, opset, entry);
  return new Uint8Array(writer.finish());
}
