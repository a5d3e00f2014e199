// flytekit on the same work, where Python has it.

import { spawnSync } from 'node:child_process'

const SCRIPT = `
import json, sys, time, typing
from dataclasses import dataclass
import flytekit
from flytekit import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flyteidl.core import literals_pb2
from flytekit.models.literals import Literal

count, rows = int(sys.argv[1]), int(sys.argv[2])
context = FlyteContextManager.current_context()

def milliseconds(run):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[1]

def write(values, of):
    return TypeEngine.to_literal(context, values, of, TypeEngine.to_literal_type(of)).to_flyte_idl().SerializeToString()

def read(data, of):
    message = literals_pb2.Literal()
    message.ParseFromString(data)
    return TypeEngine.to_python_value(context, Literal.from_flyte_idl(message), of)

@dataclass
class Row:
    id: int
    name: str
    score: float
    done: bool
    tags: typing.List[str]

out = {"version": flytekit.__version__}
for name, of, values in [("int", typing.List[int], [i * 7919 % 1000003 for i in range(count)]), ("float", typing.List[float], [i / 7 for i in range(count)])]:
    data = write(values, of)
    out[name + "_read"] = milliseconds(lambda: read(data, of))
    out[name + "_write"] = milliseconds(lambda: write(list(values), of))
table = [Row(i, f"row {i}", i / 2, i % 2 == 0, ["a", f"t{i % 10}"]) for i in range(rows)]
out["rows"] = milliseconds(lambda: read(write(table, typing.List[Row]), typing.List[Row]))
print(json.dumps(out))
`

/** Milliseconds of flytekit by piece of work, and its version; undefined where there is none. */
export function flytekit(count, rows) {
  const python = process.env.PYTHON ?? 'python3'
  const child = spawnSync(python, ['-c', SCRIPT, String(count), String(rows)], { encoding: 'utf8', timeout: 300_000 })
  if (child.status === 0) return JSON.parse(child.stdout.trim().split('\n').at(-1))
  const why = child.error?.message ?? child.stderr.trim().split('\n').at(-1)
  console.log(`\nWithout flytekit: ${why}`)
  return undefined
}
