// Values as one row of numbers, one text and one run of bytes: how they cross between JavaScript and the core, whose other
// half is `src/value/packed.rs`. A call across that border costs more than writing many numbers.
// `pack.ts` writes them, `unpack.ts` reads them; what a value is stands before it.

export const UNDEFINED = 0
export const NULL = 1
export const FALSE = 2
export const TRUE = 3
export const NUMBER = 4
export const FLOAT = 5
export const INT = 6
export const BIG_INT = 7
export const TEXT = 8
export const INSTANT = 9
export const DURATION = 10
export const BYTES = 11
export const LIST = 12
export const NUMBERS = 13
export const INTS = 14
export const MAP = 15
export const PAIRS = 16
export const BLOB = 17
export const DATASET = 18
export const CONTENT = 19
export const VARIANT = 20
export const LITERAL = 21
export const OTHER = 22
export const BINARY = 23
export const ERROR = 24
export const OFFLOADED = 25
export const BESIDE = 26
