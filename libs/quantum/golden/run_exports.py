"""Runs the programs of exports/ (by write-exports-main.ts) and prints their outputs as JSON: {"case.pennylane.py": [[output, ...] per row], ...}.

OpenQASM files are loaded by Qiskit; they give the outputs of the case's observables at its first row. Checked with PennyLane
0.45.1 and Qiskit 2.6.2 (qiskit-qasm3-import 0.6.0 for OpenQASM 3) by:
    python run_exports.py > exports-outputs.json
"""
import json
import pathlib
import runpy

import pennylane
import qiskit
from qiskit import qasm2, qasm3
from qiskit.quantum_info import Statevector

HERE = pathlib.Path(__file__).parent / "exports"


def main():
    found = {}
    for case in map(json.loads, (HERE / "cases.jsonl").read_text().splitlines()):
        name, rows = case["name"], case["rows"]
        for framework in ("pennylane", "qiskit"):
            program = runpy.run_path(str(HERE / f"{name}.{framework}.py"))
            found[f"{name}.{framework}.py"] = [[float(v) for v in program["outputs"](row)] for row in rows]
        for path in sorted(HERE.glob(f"{name}.*.qasm")):
            if path.name.endswith(".2.qasm"):
                # Qiskit's own qelib1.inc, which is more than the first edition's.
                state = Statevector(qasm2.load(path, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS))
            else:
                state = Statevector(qasm3.load(str(path)))
            observables = program["OBSERVABLES"]
            found[path.name] = [[float(state.expectation_value(o).real) for o in observables]]
    print(json.dumps({"versions": {"pennylane": pennylane.__version__, "qiskit": qiskit.__version__}, "outputs": found}))


main()
