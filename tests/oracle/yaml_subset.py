"""The part of YAML that the files of a book use: mappings and lists, in blocks or in braces, and plain values."""

import re


def load(text):
    """A document; nothing for an empty one."""
    lines = []
    for line in text.splitlines():
        bare = without_comment(line)
        if bare.strip() and bare.strip() != "---":
            lines.append((len(bare) - len(bare.lstrip(" ")), bare.strip()))
    return block(lines)[0] if lines else {}


def without_comment(line):
    quote = None
    for at, sign in enumerate(line):
        if quote:
            quote = None if sign == quote else quote
        elif sign in "\"'" and (at == 0 or line[at - 1] in " [{,:-"):
            quote = sign
        elif sign == "#" and (at == 0 or line[at - 1] == " "):
            return line[:at].rstrip()
    return line.rstrip()


def block(lines):
    """The value that begins with the first line, and the lines after it."""
    indent, first = lines[0]
    if first.startswith("- ") or first == "-":
        return sequence(lines, indent)
    if key_of(first) is None:
        return Flow(first).value(), lines[1:]
    return mapping(lines, indent)


def mapping(lines, indent):
    found = {}
    while lines and lines[0][0] == indent and key_of(lines[0][1]) is not None:
        key, rest = key_of(lines[0][1])
        lines = lines[1:]
        if rest:
            found[key] = Flow(rest).value()
        elif lines and (lines[0][0] > indent or (lines[0][0] == indent and lines[0][1].startswith("-"))):
            found[key], lines = block(lines)
        else:
            found[key] = None
    return found, lines


def sequence(lines, indent):
    found = []
    while lines and lines[0][0] == indent and re.match(r"-( |$)", lines[0][1]):
        rest = lines[0][1][1:].lstrip()
        inner = indent + len(lines[0][1]) - len(rest)
        lines = [(inner, rest), *lines[1:]] if rest else lines[1:]
        if rest and (rest[0] in "{[\"'" or key_of(rest) is None):
            found.append(Flow(rest).value())
            lines = lines[1:]
        else:
            value, lines = block(lines)
            found.append(value)
    return found, lines


def key_of(line):
    """The key of a line `key: rest`, and the rest."""
    parts = re.match(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\[\]{},#][^\[\]{}#]*?)\s*:(?:\s+(.*))?$""", line)
    return (scalar(parts.group(1)), (parts.group(2) or "").strip()) if parts else None


def scalar(text):
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return None if text in ("", "~", "null") else text


class Flow:
    """A value on one line, in braces or not. Everything stays text."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def value(self, ends=""):
        self.blanks()
        sign = self.text[self.at : self.at + 1]
        if sign == "{":
            return self.listed("}", {})
        if sign == "[":
            return self.listed("]", [])
        if sign and sign in "\"'":
            end = self.at + 1
            while self.text[end] != sign or (sign == '"' and self.text[end - 1] == "\\"):
                end += 1
            found, self.at = scalar(self.text[self.at : end + 1]), end + 1
            return found
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            self.at += 1
            if ":" in ends and self.text[self.at : self.at + 1] == ":" and self.text[self.at + 1 : self.at + 2] not in (" ", ""):
                self.at += 1
        return scalar(self.text[start : self.at].strip())

    def listed(self, end, found):
        self.at += 1
        while True:
            self.blanks()
            if self.text[self.at] == end:
                self.at += 1
                return found
            if self.text[self.at] == ",":
                self.at += 1
                continue
            if end == "]":
                found.append(self.value(",]"))
                continue
            key = self.value(":,}")
            self.blanks()
            if self.text[self.at] == ":":
                self.at += 1
                found[key] = self.value(",}")
            else:
                found[key] = None

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
