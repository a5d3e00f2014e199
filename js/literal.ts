// Values without a call: to literals and back, types, display.

import {
  type core,
  type FlyteValue,
  type FlyteValues,
  type FromLiteralOptions,
  type LiteralLike,
  literalFromValue,
  literalGuessType,
  literalParse,
  literalRepr,
  literalResolver,
  literalToValue,
  literalTypeOf,
  literalTypesCompare,
  literalTypeText,
  protoFromObject,
  protoToText,
  type ToLiteralOptions,
  type TypeLike,
} from '#bindings'
import { isBroken, oneOf, only, wrong } from './check.js'
import { bytesOf, LITERAL, storedOf, TYPE } from './convert.js'
import { timestampOf, toDate } from './datetime.js'
import { type ExactTime, FlyteFloat, ReadyLiteral, UnionVariant } from './handles.js'

const parsed = (typeName: string, bytes: Uint8Array) => JSON.parse(protoToText(typeName, bytes))

/** Values as Flyte stores them. */
export const literal = {
  /**
   * The literal of a value, by its declared type, as ProtoJSON. A value that does not fit throws FlyteValueError with
   * all mistakes: their place, what is declared and what came. What each type takes is in docs/values.md.
   */
  toLiteral(type: TypeLike, value: unknown, options?: ToLiteralOptions): core.Literal {
    return parsed(LITERAL, literal.toBytes(type, value, options))
  },

  /** As `toLiteral`, but the serialised `flyteidl.core.Literal`. */
  toBytes(type: TypeLike, value: unknown, options?: ToLiteralOptions): Uint8Array {
    only('options', options ?? {}, ['structs'])
    oneOf('options.structs', options?.structs, 'msgpack', 'protobuf')
    return literalFromValue(bytesOf(TYPE, type), value, options?.structs === 'protobuf')
  },

  /**
   * The value of a literal, ProtoJSON or bytes. With a type it has to be of that type, else FlyteValueError is thrown;
   * without one it is read as what it is.
   */
  fromLiteral(of: LiteralLike, type?: TypeLike, options: FromLiteralOptions = {}): FlyteValue {
    const declared = type && bytesOf(TYPE, type)
    return literalToValue(bytesOf(LITERAL, of), declared, options.variants ?? false, storedOf(options), options) as FlyteValue
  },

  /** The type of a literal, as far as it says: `{ simple: 'INTEGER' }`. */
  typeOf(of: LiteralLike): core.LiteralType {
    return parsed(TYPE, literalTypeOf(bytesOf(LITERAL, of)))
  },

  /**
   * The type that fits a value, for where none is declared: whole numbers are integers, also in a Float64Array; objects are structs.
   * A value that fits none throws FlyteValueError.
   */
  guessType(value: unknown): core.LiteralType {
    return parsed(TYPE, literalGuessType(value))
  },

  /** A type as text: `list[int | str]`. */
  typeToString(type: TypeLike): string {
    return literalTypeText(bytesOf(TYPE, type))
  },

  /** The same type: enums as sets, unions in any order, whatever their tags and annotations. */
  isSameType(one: TypeLike, two: TypeLike): boolean {
    return literalTypesCompare(bytesOf(TYPE, one), bytesOf(TYPE, two)) === 0
  },

  /** Whether a value of the type `from` may be given where `to` is declared. */
  isCastable(from: TypeLike, to: TypeLike): boolean {
    return literalTypesCompare(bytesOf(TYPE, from), bytesOf(TYPE, to)) < 2
  },

  /** A value for the variant of a union that has this tag (`int`) or, as text, this type (`list[int]`). */
  variant(tag: string, value: unknown): UnionVariant {
    return new UnionVariant(tag, value)
  },

  /** A float even if it is whole, which matters in structs without a schema, unions and `guessType`. */
  float(value: number): FlyteFloat {
    return new FlyteFloat(value)
  },

  /** A ready literal among values: it goes along unchanged when it is of the declared type. */
  ready(of: LiteralLike): ReadyLiteral {
    return new ReadyLiteral(bytesOf(LITERAL, of))
  },

  /** A Date that remembers its nanoseconds. */
  datetime({ seconds, nanos }: ExactTime): Date {
    return toDate(seconds, nanos)
  },

  /** The exact point in time of a Date that came out of a literal, or from `datetime`. */
  timestamp(date: Date): ExactTime {
    return timestampOf(date)
  },

  /**
   * The value to give to `execute` for a text that a person wrote into a form. Integers, floats, booleans, datetimes with their
   * zone, durations with their units (`1h 30m`, `PT1H30M`), enums, URIs and base64 stand as they are; lists, maps, structs and
   * unions are JSON of these. Empty text is null where the type allows it. Nothing is guessed: what does not fit throws
   * FlyteValueError with all mistakes, their places beginning with `name`. Where a union leaves a choice, its values come with
   * their variant; `{"tag": "int", "value": 3}` chooses one.
   */
  parse(type: TypeLike, text: string, name = 'value'): FlyteValue {
    if (typeof text !== 'string' || isBroken(text)) wrong(name, 'a text', text)
    return literalParse(bytesOf(TYPE, type), text, name) as FlyteValue
  },

  /**
   * A literal for display: numbers, texts, booleans and null as they are, datetimes in ISO 8601, durations in seconds,
   * files and tables as their URI, structs as JSON text in Python's style, other bytes in base64.
   */
  repr(of: LiteralLike): unknown {
    return literalRepr(bytesOf(LITERAL, of))
  },

  /** Named literals, converted when somebody looks: ProtoJSON by name, or a `flyteidl.core.LiteralMap` as bytes. */
  resolver(literals: Record<string, core.Literal> | Uint8Array, types: Record<string, TypeLike> = {}): FlyteValues {
    const map = literals instanceof Uint8Array ? literals : protoFromObject('flyteidl.core.LiteralMap', { literals })
    const entries = Object.entries(types).map(([name, type]) => [name, bytesOf(TYPE, type)])
    return literalResolver(map, Object.fromEntries(entries))
  },
}
