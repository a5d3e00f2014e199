// The replayers of vector files, by file name. A replayer gets one vector and returns `{}`, `{ difference }` or
// `{ deviation }`.

import { replayConsoleUrl } from './console-urls.mjs'
import { replayFromLiteral } from './from-literal.mjs'
import { replayRepr } from './literal-repr.mjs'
import { replayToLiteral } from './to-literal.mjs'

export const REPLAYERS = {
  'console_urls.json': replayConsoleUrl,
  'from_literal.json': replayFromLiteral,
  'literal_repr.json': replayRepr,
  'to_literal.json': replayToLiteral,
}
