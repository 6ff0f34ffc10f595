"""What every peer of `npm run bench -- qnn` speaks: one JSON object a line on stdin, one answer a line on stdout.

describe        -> {"versions": {...}, "setting": "...", "gradients": bool, "batched": bool, "oneSize": bool, "loopRows": int,
                "mostAmplitudes": int, optional}
                (without batches it is given loopRows rows; with oneSize the same number of rows for every batch of a circuit,
                since it compiles for long)
prepare         {"qubits", "layers", "rows", "parameters" [layers * qubits * 2], "inputs" and "targets" [rows * qubits]}
                -> {"firstMs", "expectations" [qubits, of the first row], "gradient" [parameters], "note"}
time            {"seconds", "most"} -> {"ms": [...]}, one figure a batch: at least one, then as many as fit
An exception    -> {"error": "..."}, and the peer goes on.

The circuit: in each layer RY(x[q]) on every qubit, RY(theta[l][q][0]) and RZ(theta[l][q][1]) on every qubit, then CNOTs
q -> (q + 1) mod n in order. The loss: mean over rows and qubits of (<Z_q> - y)^2. The gradient is that of the parameters.
"""

import json
import os
import sys
import time
import traceback
from dataclasses import dataclass

# Answers go to the real stdout; whatever a library prints goes to stderr.
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import numpy as np  # noqa: E402


@dataclass
class Problem:
    """A circuit's size and its data."""

    qubits: int
    layers: int
    rows: int
    theta: np.ndarray  # float64 [layers, qubits, 2]
    x: np.ndarray  # float64 [rows, qubits]
    y: np.ndarray  # float64 [rows, qubits]

    @property
    def ring(self):
        return [(q, (q + 1) % self.qubits) for q in range(self.qubits)]


def _problem(message):
    n, layers, rows = message["qubits"], message["layers"], message["rows"]
    return Problem(
        qubits=n,
        layers=layers,
        rows=rows,
        theta=np.array(message["parameters"], dtype=np.float64).reshape(layers, n, 2),
        x=np.array(message["inputs"], dtype=np.float64).reshape(rows, n),
        y=np.array(message["targets"], dtype=np.float64).reshape(rows, n),
    )


def _time(step, seconds, most):
    times = []
    begin = time.perf_counter()
    while not times or (len(times) < most and time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def fastest(runs):
    """The fastest of several ways by name, each run once to warm up and once timed: (run, name)."""
    took = {}
    for name, run in runs.items():
        run()
        begin = time.perf_counter()
        run()
        took[name] = time.perf_counter() - begin
    name = min(took, key=took.get)
    return runs[name], name


def serve(prepare, versions, setting, batched, gradients=True, one_size=False, loop_rows=8, most_amplitudes=None):
    """Answers until stdin ends. `prepare(problem)` returns the ways to do it, by name: functions that do one batch and return
    (expectations [rows, qubits], gradient [layers, qubits, 2]) as arrays that are ready. The first result is that of the
    first way; the fastest is timed."""

    def answer(message):
        if message["op"] == "describe":
            return {
                "versions": versions,
                "setting": setting,
                "gradients": gradients,
                "batched": batched,
                "oneSize": one_size,
                "loopRows": loop_rows,
                **({} if most_amplitudes is None else {"mostAmplitudes": most_amplitudes}),
            }
        if message["op"] == "prepare":
            problem = _problem(message)
            begin = time.perf_counter()
            ways = prepare(problem)
            expectations, gradient = next(iter(ways.values()))()
            first = 1e3 * (time.perf_counter() - begin)
            state["step"], note = fastest(ways) if len(ways) > 1 else (*ways.values(), "")
            return {
                "firstMs": first,
                "expectations": np.asarray(expectations, dtype=np.float64)[0].tolist(),
                "gradient": None if gradient is None else np.asarray(gradient, dtype=np.float64).ravel().tolist(),
                "note": note,
            }
        if message["op"] == "time":
            return {"ms": _time(state["step"], message["seconds"], message["most"])}
        raise ValueError(f"op: {message['op']!r} is none of 'describe', 'prepare', 'time'")

    state = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        _answers.write(json.dumps(reply) + "\n")
        _answers.flush()
