"""What is wrong with a book, told by file and line."""

import json
import re


class BookError(Exception):
    """A list of problems: (file relative to the book, line or None, message)."""

    def __init__(self, problems):
        self.problems = sorted(set(problems), key=lambda p: (p[0], p[1] or 0, p[2]))
        super().__init__("\n".join(f"{file}:{line}: {message}" if line else f"{file}: {message}"
                                   for file, line, message in self.problems))


def line_with(text, *needles, start=1):
    """The number of the first line from `start` that contains one of the needles, in their order of preference."""
    lines = text.split("\n")
    for needle in needles:
        for number, line in enumerate(lines[start - 1 :], start):
            if needle in line:
                return number
    return None


def read_text(path, file):
    """A file's text with Unix line ends; BookError when it is missing, not UTF-8, or no text."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BookError([(file, None, "no such file")]) from None
    except OSError as error:
        raise BookError([(file, None, error.strerror)]) from None
    try:
        text = data.decode("utf-8").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BookError([(file, line, f"not UTF-8: byte {data[error.start]:#04x}")]) from None
    if "\0" in text:
        raise BookError([(file, text[: text.index("\0")].count("\n") + 1, "no text: it has a byte of nought")])
    return text


def read_json(path, file):
    try:
        return json.loads(read_text(path, file))
    except RecursionError:
        raise BookError([(file, 1, "broken JSON: nested too deeply")]) from None
    except json.JSONDecodeError as error:
        raise BookError([(file, error.lineno, f"broken JSON: {error.msg}")]) from None


def read_yaml(text, file, first=1):
    """YAML as Quarto reads it (version 1.2: only true and false are booleans, dates are text)."""
    import yaml

    try:
        for event in yaml.parse(text, Loader=loader()):
            if isinstance(event, yaml.AliasEvent):  # what it names could hold itself
                told = "aliases (*name) are not supported"
                raise yaml.constructor.ConstructorError(None, None, told, event.start_mark)
        return yaml.load(text, Loader=loader())
    except RecursionError:
        raise BookError([(file, first, "broken YAML: nested too deeply")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first + mark.line if mark else None
        raise BookError([(file, line, f"broken YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise BookError([(file, first, f"broken YAML: {error}")]) from None


def key_lines(text, first=1):
    """{path of a key, such as ("book", "title"): its line} of some YAML that `read_yaml` has read."""
    import yaml

    found, waiting = {}, [((), yaml.compose(text, Loader=loader()))]
    while waiting:
        path, node = waiting.pop()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            found[*path, key.value] = first + key.start_mark.line
            waiting.append(((*path, key.value), value))
    return found


def loader():
    """A safe loader without YAML 1.1's dates and yes/no, which refuses a key that is there twice."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        def construct_mapping(self, node, deep=False):
            seen = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
                if key.value in seen and key.value != "<<":
                    told = f"the key {key.value!r} is there twice"
                    raise yaml.constructor.ConstructorError(None, None, told, key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    left_out = [f"tag:yaml.org,2002:{name}" for name in ("timestamp", "bool", "int", "float")]
    Loader.yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if tag not in left_out]
                                      for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    booleans = re.compile("^(?:true|True|TRUE|false|False|FALSE)$")
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", booleans, list("tTfF"))
    # 010 is no 8, and 10:30 no 630
    numbers = {"int": r"^[-+]?(?:0|[1-9]\d*)$", "float": r"^[-+]?(?:\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$"}
    for name, pattern in numbers.items():
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), list("-+.0123456789"))
    return Loader
