"""The part of GitHub's expressions that action.yml uses.

An expression that is not understood is an error: a guess could make a test pass
that the runner would not.
"""

import re

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)"
    r"|(?P<sign>==|!=|&&|\|\||[!()]))"
)
STATUS_FUNCTIONS = ("success", "failure", "cancelled", "always")


class UnknownExpression(Exception):
    """Something in an expression that this module does not evaluate."""


def tokens_of(expression):
    """The expression as pairs of kind and text."""
    found, position = [], 0
    text = expression.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise UnknownExpression(f"{expression!r} at {text[position:]!r}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return found


class Evaluation:
    """One expression, evaluated from left to right over its tokens.

    As in the runner, all of `a || b` and `a && b` are read, a missing property is
    the empty string, and strings are compared without regard to case.
    """

    def __init__(self, expression, contexts):
        self.expression = expression
        self.contexts = contexts
        self.tokens = tokens_of(expression)

    def result(self):
        value = self.either()
        if self.tokens:
            raise UnknownExpression(f"{self.expression!r}: {self.tokens[0][1]!r} is left over")
        return value

    def take(self, *signs):
        """The next token if it is one of these signs, else None."""
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def either(self):
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value or other
        return value

    def both(self):
        value = self.comparison()
        while self.take("&&"):
            other = self.comparison()
            value = value and other
        return value

    def comparison(self):
        value = self.operand()
        sign = self.take("==", "!=")
        if sign is None:
            return value
        other = self.operand()
        if not (isinstance(value, str) and isinstance(other, str)):
            raise UnknownExpression(f"{self.expression!r} compares what are no strings")
        return (value.casefold() == other.casefold()) == (sign == "==")

    def operand(self):
        if self.take("!"):
            return not self.operand()
        if self.take("("):
            value = self.either()
            self.expect(")")
            return value
        if not self.tokens or self.tokens[0][0] == "sign":
            raise UnknownExpression(f"{self.expression!r} lacks a value")
        kind, text = self.tokens.pop(0)
        if kind == "string":
            return text[1:-1].replace("''", "'")
        return self.call(text) if self.take("(") else self.property(text)

    def call(self, name):
        self.expect(")")
        if name not in STATUS_FUNCTIONS:
            raise UnknownExpression(f"{self.expression!r} calls {name}")
        return self.contexts["status"][name]

    def property(self, path):
        root, *keys = path.split(".")
        if root not in ("inputs", "steps", "github"):
            raise UnknownExpression(f"{self.expression!r} reads {root}")
        value = self.contexts[root]
        if root == "inputs" and keys[0] not in value:
            raise UnknownExpression(f"{self.expression!r}: no input {keys[0]!r}")
        for key in keys:
            value = value.get(key, "") if isinstance(value, dict) else ""
        return value

    def expect(self, sign):
        if not self.take(sign):
            raise UnknownExpression(f"{self.expression!r} lacks {sign!r}")


def interpolate(text, contexts):
    """The text with each `${{ … }}` replaced by its value."""
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda match: str(Evaluation(match.group(1), contexts).result()),
        text,
        flags=re.DOTALL,
    )


def condition(text, contexts):
    """Whether a step with this `if:` runs; without a status function, after success."""
    inner = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text, flags=re.DOTALL)
    expression = inner.group(1) if inner else text
    value = bool(Evaluation(expression, contexts).result())
    if any(f"{name}(" in expression for name in STATUS_FUNCTIONS):
        return value
    return value and contexts["status"]["success"]
