"""Writes qasm-expressions.jsonl: random typed expressions of OpenQASM 3 and their values, evaluated here, apart from our reader.

    python make_typed_expressions.py > qasm-expressions.jsonl      # made with qiskit 2.6.2 and qiskit-qasm3-import 0.6.0

The rules are those of the OpenQASM 3.1 specification, chapters "Types and Casting" and "Classical instructions"; what it leaves to
an implementation is as docs/adr/0025 says. Values are Python's integers, fractions and floats. The first line has `head`, what
every program begins with. Every other has `statements`, the rest of a program with one gate rx, and `value`, the gate's angle in
radians, or null where the program is to be refused. `qiskit` is the angle that qiskit-qasm3-import has of the same statements
without constants before them: it knows literals, pi, + - * / and signs alone. Its division of integers is Python's, which rounds
down where the specification, as C99, cuts off: it is not asked where a quotient of integers is negative.
"""
import json
import math
import random
import sys
from fractions import Fraction

import numpy
import qiskit_qasm3_import

MACHINE = 64
TURN = 2 * math.pi
PROMOTIONS = {
    "bool": {"int", "uint", "float"}, "int": {"bool", "uint", "float", "angle"}, "uint": {"bool", "int", "float", "angle"},
    "float": {"angle"}, "angle": set(), "bit": set(),
}
CASTS = {
    "bool": {"bit", "int", "uint", "float"}, "int": {"bool", "bit", "uint", "float", "angle"},
    "uint": {"bool", "bit", "int", "float", "angle"}, "float": {"bool", "int", "uint", "angle"},
    "angle": {"bool", "bit"}, "bit": {"bool", "int", "uint", "angle"},
}


class Refused(Exception):
    pass


def refuse(condition):
    if condition:
        raise Refused


def bits(width):
    return MACHINE if width is None else width


def bounds(kind, width):
    n = bits(width)
    return (0, 2**n - 1) if kind == "uint" else (-(2 ** (n - 1)), 2 ** (n - 1) - 1)


def fits(kind, width, value):
    low, high = bounds(kind, width)
    refuse(not low <= value <= high)
    return kind, width, value


def wraps(kind, width, value):
    value %= 2 ** bits(width)
    return kind, width, value - 2 ** bits(width) if kind == "int" and value >= 2 ** (bits(width) - 1) else value


def overflows(kind, width, value):
    return wraps(kind, width, value) if kind == "uint" and width is not None else fits(kind, width, value)


def real(width, value):
    value = float(numpy.float32(value)) if width == 32 else float(value)
    refuse(not math.isfinite(value))
    return "float", width, value


def radians(value):
    kind, width, number = value
    refuse(kind in ("bool", "bit"))
    return TURN * (number / 2 ** bits(width)) if kind == "angle" else float(number)


def angle(value, width):
    turns = Fraction(value[2], 2 ** bits(value[1])) if value[0] == "angle" else Fraction(radians(value)) / Fraction(TURN)
    return "angle", width, round(turns * 2 ** bits(width)) % 2 ** bits(width)


def convert(value, kind, width, is_cast):
    source, own, number = value
    if kind == "bool":
        return "bool", None, number != 0
    if kind == "bit":
        return "bit", width, int(number) % 2**width
    if kind in ("int", "uint"):
        return (fits if source == "float" or not is_cast else wraps)(kind, width, math.trunc(number))
    if kind == "float":
        return real(width, number)
    return ("angle", width, number) if source == "bit" else angle(value, width)


def promote(value, kind, width):
    source, own, _ = value
    refuse(source != kind and kind not in PROMOTIONS[source])
    refuse(source == "bit" and own != width)
    return convert(value, kind, width, False)


def cast(value, kind, width):
    source, own, _ = value
    refuse(source != kind and kind not in CASTS[source])
    if "bit" in (source, kind) and source != "bool" and kind != "bool":
        roomy = source == "bit" and kind != "angle" and width is None and own <= MACHINE
        refuse(own != width and not roomy)
    return convert(value, kind, width, True)


def wider(a, b):
    if bits(a) == bits(b):
        return None if None in (a, b) else a
    return a if bits(a) > bits(b) else b


def quotient(a, b):
    refuse(b == 0)
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}
BITWISE = {"&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b}


def has_bits(value):
    return value[0] == "bit" or (value[0] in ("uint", "angle") and value[1] is not None)


def binary(op, left, right):
    if op in ("&&", "||"):
        refuse(left[0] in ("bit", "angle") or right[0] in ("bit", "angle"))
        a, b = bool(left[2]), bool(right[2])
        return "bool", None, (a and b) if op == "&&" else (a or b)
    if op in BITWISE:
        refuse(not has_bits(left) or left[:2] != right[:2])
        return left[0], left[1], BITWISE[op](left[2], right[2])
    if op in ("<<", ">>"):
        refuse(not has_bits(left) or right[0] not in ("int", "uint") or right[2] < 0)
        places = min(right[2], left[1])
        return left[0], left[1], (left[2] << places if op == "<<" else left[2] >> places) % 2 ** left[1]
    left, right = [("int", None, int(v[2])) if v[0] == "bool" else v for v in (left, right)]
    kinds = {left[0], right[0]}
    if kinds == {"bit"} and left[1] == right[1] and op in COMPARE:
        return "bool", None, COMPARE[op](left[2], right[2])
    refuse("bit" in kinds)
    if "angle" in kinds:
        return angles(op, left, right)
    if "float" in kinds:
        return floats(op, left, right)
    return integers(op, left, right)


def integers(op, left, right):
    wide, narrow = (left, right) if bits(left[1]) >= bits(right[1]) else (right, left)
    same = bits(left[1]) == bits(right[1])
    kind = "uint" if same and "uint" in (left[0], right[0]) else wide[0]
    width = None if same and narrow[1] is None else wide[1]
    a, b = [(fits if width is None else wraps)(kind, width, v[2])[2] for v in (left, right)]
    if op in COMPARE:
        return "bool", None, COMPARE[op](a, b)
    if op == "**":
        refuse(right[2] < 0 or (abs(a) > 1 and right[2] > 2000))
        return overflows(kind, width, a ** (right[2] if abs(a) > 1 else min(right[2], 2 + right[2] % 2)))
    result = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: quotient(a, b),
              "%": lambda: a - b * quotient(a, b)}[op]()
    return overflows(kind, width, result)


def floats(op, left, right):
    widths = [v[1] for v in (left, right) if v[0] == "float"]
    width = wider(widths[0], widths[-1])
    a, b = [real(width, v[2])[2] for v in (left, right)]
    if op in COMPARE:
        return "bool", None, COMPARE[op](a, b)
    refuse(op == "%" or (op == "/" and b == 0))
    try:
        result = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "**": lambda: a**b}[op]()
    except (OverflowError, ZeroDivisionError):
        raise Refused from None
    refuse(isinstance(result, complex))
    return real(width, result)


def angles(op, left, right):
    if op == "*":
        turned, factor = (left, right) if left[0] == "angle" else (right, left)
        refuse(factor[0] not in ("int", "uint"))
        return "angle", turned[1], turned[2] * factor[2] % 2 ** bits(turned[1])
    if op == "/":
        refuse(left[0] != "angle" or right[0] == "float")
        if right[0] == "angle":
            width = wider(left[1], right[1])
            return "uint", width, quotient(angle(left, width)[2], angle(right, width)[2])
        refuse(right[2] <= 0)
        return "angle", left[1], left[2] // right[2]
    refuse("int" in (left[0], right[0]) or "uint" in (left[0], right[0]) or op in ("%", "**"))
    widths = [v[1] for v in (left, right) if v[0] == "angle"]
    width = wider(widths[0], widths[-1])
    a, b = angle(left, width)[2], angle(right, width)[2]
    if op in COMPARE:
        return "bool", None, COMPARE[op](a, b)
    return "angle", width, (a + b if op == "+" else a - b) % 2 ** bits(width)


def unary(op, value):
    kind, width, number = value
    if op == "!":
        refuse(kind in ("bit", "angle"))
        return "bool", None, not number
    if op == "~":
        refuse(not has_bits(value))
        return kind, width, 2**width - 1 - number
    refuse(kind == "bit")
    if kind == "angle":
        return kind, width, -number % 2 ** bits(width)
    if kind == "float":
        return kind, width, -number
    return overflows("int" if kind == "bool" else kind, width, -int(number))


def call(name, values):
    if name in ("rotl", "rotr"):
        value, distance = values
        refuse(not has_bits(value) or value[0] == "angle" or distance[0] not in ("int", "uint"))
        n = value[1]
        left = (distance[2] if name == "rotl" else -distance[2]) % n
        return value[0], n, (value[2] << left | value[2] >> (n - left)) % 2**n
    if name == "popcount":
        refuse(not has_bits(values[0]) or values[0][0] == "angle")
        return "uint", None, bin(values[0][2]).count("1")
    refuse(any(v[0] == "bit" for v in values))
    if name == "mod":
        refuse(any(v[0] == "angle" for v in values))
        if all(v[0] != "float" for v in values):
            return binary("%", *values)
        a, b = [float(v[2]) for v in values]
        refuse(b == 0)
        return real(None, math.fmod(a, b))
    kind, width, number = values[0]
    refuse(kind == "angle" and name not in ("sin", "cos", "tan"))
    argument = radians(values[0]) if kind == "angle" else float(number)
    try:
        result = {"sin": math.sin, "cos": math.cos, "tan": math.tan, "exp": math.exp, "log": math.log, "sqrt": math.sqrt,
                  "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "floor": math.floor,
                  "ceiling": math.ceil}[name](argument)
    except (ValueError, OverflowError):
        raise Refused from None
    return real(width if kind == "float" else None, result)


CONSTANTS = [
    ("int[8]", "i8", "-7"), ("int[8]", "j8", "100"), ("int", "n", "5"), ("uint[8]", "u8", "200"), ("uint[4]", "u4", "13"),
    ("uint", "u", "3"), ("float", "f", "-2.5"), ("float[32]", "g", "0.1"), ("angle[8]", "a8", "pi/3"), ("angle", "a", "3*pi"),
    ("bool", "t", "true"), ("bit[8]", "m", '"0010_1011"'), ("bit[4]", "k", '"1001"'),
]
TYPES = [("int", 8), ("int", 16), ("int", None), ("uint", 8), ("uint", 4), ("uint", None), ("float", 32), ("float", 64),
         ("float", None), ("angle", 8), ("angle", 4), ("angle", None), ("bool", None), ("bit", 8), ("bit", 4)]
LEVEL = {"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7, "<<": 8, ">>": 8,
         "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": 12}
ARITHMETIC = ["+", "-", "*", "/", "%", "**", "+", "-", "*", "/"]
SIGN, ATOM = 11, 13


def type_text(kind, width):
    return kind if width is None else f"{kind}[{width}]"


def scope():
    """The constants' values, and pi."""
    values = {"i8": ("int", 8, -7), "j8": ("int", 8, 100), "n": ("int", None, 5), "u8": ("uint", 8, 200), "u4": ("uint", 4, 13),
              "u": ("uint", None, 3), "f": ("float", None, -2.5), "g": real(32, 0.1), "a8": angle(real(None, math.pi / 3), 8),
              "a": angle(real(None, 3 * math.pi), None), "t": ("bool", None, True), "m": ("bit", 8, 0b00101011),
              "k": ("bit", 4, 0b1001)}
    return {"pi": ("float", None, math.pi), **values}


NAMES = scope()


class Expression:
    """Text with the strength of its outermost operator, and a function that gives its value."""

    def __init__(self, text, strength, evaluate):
        self.text, self.strength, self.evaluate = text, strength, evaluate

    def within(self, strength):
        return self.text if self.strength >= strength else f"({self.text})"


def atom(rng, plain):
    choice = rng.random()
    if choice < 0.35:
        value = rng.choice([0, 1, 2, 3, 4, 7, 8, 12, 100, 255, 300])
        text = str(value) if plain else rng.choice([str(value), hex(value), bin(value), f"0o{value:o}"])
        return Expression(text, ATOM, lambda: ("int", None, value))
    if choice < 0.55:
        value = rng.choice([0.5, 1.5, 2.0, 0.25, 3.75, 10.0])
        return Expression(repr(value), ATOM, lambda: ("float", None, value))
    if plain or choice < 0.6:
        return Expression("pi", ATOM, lambda: NAMES["pi"])
    name = rng.choice(list(NAMES))
    return Expression(name, ATOM, lambda: NAMES[name])


def grow(rng, depth, plain):
    choice = rng.random()
    if depth == 0 or choice < 0.15:
        return atom(rng, plain)
    if choice < 0.27:
        op = "-" if plain else rng.choice(["-", "-", "!", "~"])
        of = grow(rng, depth - 1, plain)
        return Expression(f"{op}{of.within(SIGN)}", SIGN, lambda: unary(op, of.evaluate()))
    if not plain and choice < 0.38:
        kind, width = rng.choice(TYPES)
        of = grow(rng, depth - 1, plain)
        return Expression(f"{type_text(kind, width)}({of.text})", ATOM, lambda: cast(of.evaluate(), kind, width))
    if not plain and choice < 0.48:
        name = rng.choice(["sin", "cos", "sqrt", "floor", "ceiling", "exp", "log", "arcsin", "arctan", "mod", "rotl", "rotr",
                           "popcount"])
        count = 2 if name in ("mod", "rotl", "rotr") else 1
        of = [grow(rng, depth - 1, plain) for _ in range(count)]
        return Expression(f"{name}({', '.join(e.text for e in of)})", ATOM, lambda: call(name, [e.evaluate() for e in of]))
    op = rng.choice(["+", "-", "*", "/"] if plain else ARITHMETIC + list(LEVEL))
    left, right = grow(rng, depth - 1, plain), grow(rng, depth - 1, plain)
    level = LEVEL[op]
    # Powers group to the right and take a sign on the right, everything else groups to the left.
    first, second = (level + 1, SIGN) if op == "**" else (level, level + 1)
    text = f"{left.within(first)} {op} {right.within(second)}"
    return Expression(text, level, lambda: binary(op, left.evaluate(), right.evaluate()))


def evaluated(expression, declared):
    try:
        value = expression.evaluate()
        return radians(promote(value, *declared) if declared else value)
    except Refused:
        return None


def quotients(expression):
    """Whether some division of integers has a negative quotient, by watching the one function that divides them."""
    seen = []
    global quotient
    original = quotient

    def watched(a, b):
        seen.append((a < 0) != (b < 0) and a % b != 0)
        return original(a, b)

    quotient = watched
    try:
        evaluated(expression, None)
    finally:
        quotient = original
    return any(seen)


def by_qiskit(program):
    try:
        circuit = qiskit_qasm3_import.parse(program)
        return float(circuit.data[0].operation.params[0])
    except Exception:  # It refuses by errors of its own, and divides by zero with Python's.
        return None


HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '


def cases():
    rng = random.Random(20251)
    prelude = "".join(f"const {kind} {name} = {value}; " for kind, name, value in CONSTANTS)
    yield {"head": HEAD + prelude}
    accepted = refused = 0
    while accepted < 700 or refused < 300:
        plain = rng.random() < 0.3
        expression = grow(rng, rng.choice([1, 2, 2, 3, 3, 4]), plain)
        declared = rng.choice(TYPES) if not plain and rng.random() < 0.3 else None
        value = evaluated(expression, declared)
        if (value is None and refused >= 300) or (value is not None and accepted >= 700) or len(expression.text) > 160:
            continue
        refused, accepted = refused + (value is None), accepted + (value is not None)
        if declared:
            statements = f"const {type_text(*declared)} z = {expression.text}; qubit q; rx(z) q;"
        else:
            statements = f"qubit q; rx({expression.text}) q;"
        line = {"statements": statements, "value": value}
        if plain and value is not None and not quotients(expression):
            line["qiskit"] = by_qiskit(HEAD + statements)
        yield line


if __name__ == "__main__":
    for case in cases():
        sys.stdout.write(json.dumps(case) + "\n")
