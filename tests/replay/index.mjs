// The replayers of vector files, by file name. A replayer gets one vector and returns `{}`, `{ difference }` or
// `{ deviation }`.

import { replayCompiledWorkflow } from './compiled-workflows.mjs'
import { replayConsoleUrl } from './console-urls.mjs'
import { replayExceptions } from './exceptions.mjs'
import { replayExecutionCreate } from './execution-create.mjs'
import { replayFilters } from './filters.mjs'
import { replayFromLiteral } from './from-literal.mjs'
import { replayIdentifiers } from './identifiers.mjs'
import { replayRepr } from './literal-repr.mjs'
import { replayMetrics } from './metrics.mjs'
import { replayToLiteral } from './to-literal.mjs'

export const REPLAYERS = {
  'compiled_workflows.json': replayCompiledWorkflow,
  'console_urls.json': replayConsoleUrl,
  'exceptions.json': replayExceptions,
  'execution_create.json': replayExecutionCreate,
  'filters.json': replayFilters,
  'from_literal.json': replayFromLiteral,
  'identifiers.json': replayIdentifiers,
  'literal_repr.json': replayRepr,
  'metrics.json': replayMetrics,
  'to_literal.json': replayToLiteral,
}
