"""The package's public names as its source has them: what a reader who writes code finds in which module."""

import ast
import re
import textwrap
from typing import Any

import griffe
import pandas as pd

from bargain import evidence

# What only pages and jobs call: drawings, sentences, tables of the pages' scripts, chunks of the stored tables.
ROOMS = ("plots", "words", "live", "chunks")


def modules() -> dict[str, griffe.Module]:
    """The modules outside ROOMS, read from their files, none imported: {path below `bargain`: griffe's Module}."""
    folder, lines, found = evidence.ROOT / "bargain", griffe.LinesCollection(), {}
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).with_suffix("")
        parts = [p for p in path.parts if p != "__init__"]
        if parts and parts[0] not in ROOMS and parts[-1] != "__main__":
            name, code = ".".join(parts), file.read_text("utf-8")
            lines[file] = code.splitlines()
            found[name] = griffe.visit(name, file, code, lines_collection=lines)
    return found


def names(package: dict[str, griffe.Module] | None = None) -> pd.DataFrame:
    """A row a public function or class, and a public method of such a class, in the order of the source.

    package: what `modules` returns. Columns: module; name (a method's with its class); kind (function, class);
    signature, with types where the source has them; docstring, empty where there is none; raised: exceptions that the
    function itself raises, from its source; rule: it is registered as the rule of a claim.
    """
    out = []
    for path, module in (modules() if package is None else package).items():
        for found in _public(module):
            inner = [f for f in _public(found) if f.is_function] if found.is_class else []
            out += [_row(path, f) for f in (found, *inner)]
    return pd.DataFrame(out)


def told(module: griffe.Module) -> str:
    """A module's docstring; empty where it has none."""
    return module.docstring.value if module.docstring else ""


def constants(module: griffe.Module) -> list[str]:
    """Names of a module's public constants, in the order of the source: what it defines in capitals."""
    return [n for n, found in module.members.items() if re.fullmatch(r"[A-Z][A-Z0-9_]*", n) and not found.is_alias]


def _public(parent: griffe.Object | griffe.Alias) -> list[Any]:
    """The public functions and classes that a module or class itself defines."""
    found = [m for m in parent.members.values() if not m.is_alias and (m.is_function or m.is_class)]
    return [m for m in found if not m.name.startswith("_")]


def _row(path: str, found: Any) -> dict[str, Any]:
    return {
        "module": path,
        "name": found.path.removeprefix(f"{path}."),
        "kind": found.kind.value,
        "signature": found.signature() if found.is_function else _fields(found),
        "docstring": found.docstring.value if found.docstring else "",
        "raised": _raised(found) if found.is_function else (),
        "rule": any(str(d.value) == "rule" for d in found.decorators),
    }


def _fields(found: griffe.Class) -> str:
    """A dataclass or named tuple as it is called; of any other class the name."""
    made = [str(x) for x in (*found.bases, *(d.value for d in found.decorators))]
    if not any(re.match(r"NamedTuple|dataclass\b", x) for x in made):
        return found.name
    fields = [a for a in found.attributes.values() if a.annotation is not None]
    return f"{found.name}({', '.join(f'{a.name}: {a.annotation}' + f' = {a.value}' * bool(a.value) for a in fields)})"


def _raised(found: griffe.Function) -> tuple[str, ...]:
    """Names of the exceptions in a function's own `raise` statements, in order, without repetition."""
    raises = [n.exc for n in ast.walk(ast.parse(textwrap.dedent(found.source))) if isinstance(n, ast.Raise) and n.exc]
    called = [e.func if isinstance(e, ast.Call) else e for e in raises]
    return tuple(dict.fromkeys(e.attr if isinstance(e, ast.Attribute) else ast.unparse(e) for e in called))
