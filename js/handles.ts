// What stands for something that is no plain value: files, tables, ready literals, choices. js/brand.ts tells
// them apart.

import { branded } from './brand.js'

/** A file in the store. */
export class FlyteFile {
  /** Its type among the handles. */
  readonly multipart = false
  constructor(
    /** Where it is, e.g. `s3://bucket/key`. */
    readonly uri: string,
    /** Its format, e.g. `csv`; often empty. `PythonPickle` is an object that only Python can read. As an input it has the declared one. */
    readonly format = '',
  ) {}
}
branded(FlyteFile, 'file')

/** A directory in the store. */
export class FlyteDirectory {
  /** Its type among the handles. */
  readonly multipart = true
  constructor(
    /** Where it is, e.g. `s3://bucket/prefix`. */
    readonly uri: string,
    /** The format of its files; often empty. As an input it has the declared one. */
    readonly format = '',
  ) {}
}
branded(FlyteDirectory, 'directory')

/** A table in the store. */
export class StructuredDataset {
  constructor(
    /** Where it is, e.g. `s3://bucket/prefix`. */
    readonly uri: string,
    /** Its format, e.g. `parquet`; empty when it does not say. As an input it has the declared one, if there is one. */
    readonly format = '',
    /** Its columns in order, as far as they are known, with their types as text. */
    readonly columns: readonly { readonly name: string; readonly type: string }[] = [],
  ) {}
}
branded(StructuredDataset, 'dataset')

/** A literal that is stored apart because it is large, and was not fetched. */
export class OffloadedLiteral {
  constructor(
    /** Where its bytes are. */
    readonly uri: string,
    /** How many bytes it has. */
    readonly size: number,
  ) {}
}
branded(OffloadedLiteral, 'offloaded')

/** A ready literal among values: it goes along unchanged when it is of the declared type. Made by `literal.ready`. */
export class ReadyLiteral {
  constructor(
    /** The serialised `flyteidl.core.Literal`. */
    readonly bytes: Uint8Array,
  ) {}
}
branded(ReadyLiteral, 'literal')

/** A value of a union with its variant. Made by `literal.variant`, or read with `variants: true`. */
export class UnionVariant {
  constructor(
    /** The tag of the variant, e.g. `int`. */
    readonly tag: string,
    /** The value. */
    readonly value: unknown,
  ) {}
}
branded(UnionVariant, 'variant')

/** A number that is a float also when it is whole. Made by `literal.float`. */
export class FlyteFloat {
  constructor(
    /** The number. */
    readonly value: number,
  ) {}
  valueOf(): number {
    return this.value
  }
}
branded(FlyteFloat, 'float')

/** Seconds since 1970-01-01 UTC, and the nanoseconds that follow them. */
export interface ExactTime {
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanos: number
}
