"""Observables as text, "0.5*Z0 Z1 - 1.2*X0", and those that tell classes apart by default."""

import re

Terms = tuple[tuple[float, str], ...]
"""Terms (coefficient, Pauli string), the letter of qubit 0 first."""

_TERM = re.compile(
    r"\s*(?P<sign>[+-])?\s*(?:(?P<coefficient>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*\*\s*)?(?P<paulis>[IXYZ]\d+(?:[\s@]*[IXYZ]\d+)*)\s*"
)


def parse_observable(text: str, qubits: int) -> Terms:
    """Parses a weighted sum of Pauli strings. Raises ValueError for any other text, and for a qubit that is not there."""
    terms: list[tuple[float, str]] = []
    at = 0
    while at < len(text) or not terms:
        match = _TERM.match(text, at)
        if match is None or (terms and not match["sign"]):
            raise ValueError(f"{text!r} is no observable; right would be such as '0.5*Z0 Z1 - 1.2*X0'")
        word = ["I"] * qubits
        for letter, number in re.findall(r"([IXYZ])(\d+)", match["paulis"]):
            if int(number) >= qubits:
                raise ValueError(f"{text!r} names qubit {number}; right would be 0 to {qubits - 1}")
            if word[int(number)] != "I":
                raise ValueError(f"{text!r} names qubit {number} twice in a term; right would be once")
            word[int(number)] = letter
        coefficient = float(match["coefficient"] or 1)
        terms.append((-coefficient if match["sign"] == "-" else coefficient, "".join(word)))
        at = match.end()
    return tuple(terms)


def class_observables(qubits: int, classes: int) -> tuple[Terms, ...]:
    """Z of the first qubits, then ZZ of the pairs (0, 1), (0, 2), (1, 2) …; of one qubit Z and −Z. Raises ValueError beyond."""
    words = [_word(qubits, q) for q in range(qubits)] + [_word(qubits, a, b) for b in range(qubits) for a in range(b)]
    all_terms: list[Terms] = [((1.0, word),) for word in words]
    if qubits == 1:
        all_terms.append(((-1.0, "Z"),))
    if classes > len(all_terms):
        right = "more qubits, or observables, one for each class"
        raise ValueError(f"{qubits} qubits tell at most {len(all_terms)} classes, not {classes}; right would be {right}")
    return tuple(all_terms[:classes])


def _word(qubits: int, *places: int) -> str:
    return "".join("Z" if q in places else "I" for q in range(qubits))
