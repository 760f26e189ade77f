"""Which code a function of the package reaches, read from the source: what makes a stored result stale.

The syntax tree of a module is split into units, its top-level definitions and statements. From a unit one reaches
every name of the package that it mentions, through imports (at the top or inside functions, of modules, packages,
their parts and what they pass on), attributes of modules, classes as wholes. A module that is handed on as a value,
or searched by `globals()`, is reached whole. With a table that other code fills (a registry) one reaches the code that
fills it. Docstrings, comments, layout and types are no part of a unit's hash, but that they make fields of a class;
nor are statements that call `checks`, which change no number, and a `__post_init__` of nothing else.
"""

import ast
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

PACKAGE = Path(__file__).parent
NAME = "bargain"
LOADER = (
    "checks",
    "evidence",
    "form",
    "rules",
    "reads",
    "results",
    "reach",
)  # what these give is hashed itself: of them what a model calls counts, and not what lies behind, such as a new check
FILLS = {"append", "add", "extend", "update", "setdefault", "insert", "register"}
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Target = tuple[str, str | None]  # (module, name), (module, None) for a module as a whole
Place = tuple[str, str | ast.AST]  # (module, name), or a loose statement of a module
Mention = tuple[Any, ...]  # names; of a local import ("", Target, names …)
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Module(NamedTuple):
    """units: {name: its nodes}; imports: {local name: (module, name or None)}; stars: modules imported with `*`;
    loose: statements that bind no name, such as a call that fills a registry."""

    units: dict[str, list[ast.stmt]]
    imports: dict[str, Target]
    stars: tuple[str, ...]
    loose: tuple[ast.stmt, ...]


# --------------------------------------------------------------------------------------------------- one module
def path(module: str) -> Path | None:
    """The file of a module, "" for the package itself; None where there is none."""
    base = PACKAGE.joinpath(*module.split(".")) if module else PACKAGE
    for file in (base / "__init__.py", base.with_suffix(".py") if module else base / "__init__.py"):
        if file.is_file():
            return file
    return None


@lru_cache(maxsize=None)
def parsed(module: str) -> Module:
    """A module's parts. Raises FileNotFoundError when there is no such module, SyntaxError with its file."""
    folder = _folder(module)
    units, imports, stars, loose = {}, {}, [], []
    for node in _flat(_tree(module).body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for local, target in _imported(node, folder):
                if local == "*":
                    stars.append(target[0])
                else:
                    imports[local] = target
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            units.setdefault(node.name, []).append(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and (names := _bound(node)):
            for name in names:
                units.setdefault(name, []).append(node)
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            for name in _bound(node):
                units.setdefault(name, []).append(node)
            loose.append(node)
    return Module(units, imports, tuple(stars), tuple(loose))


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Top-level statements, those under `if` and `try` too, but not what runs only as a script or for type checkers."""
    for node in body:
        if isinstance(node, ast.If):
            told = ast.unparse(node.test)
            if "__name__" not in told and "TYPE_CHECKING" not in told:
                yield from _flat([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _flat([*node.body, *(n for h in node.handlers for n in h.body), *node.orelse, *node.finalbody])
        else:
            yield node


def _imported(node: ast.Import | ast.ImportFrom, folder: str) -> Iterator[tuple[str, Target]]:
    """(local name, (module, name or None)) of what an import statement brings from the package."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first, _, rest = alias.name.partition(".")
            if first == NAME:
                yield (alias.asname, (rest, None)) if alias.asname else (NAME, ("", None))
        return
    base = (node.module or "").split(".") if node.module else []
    if node.level:
        up = folder.split(".") if folder else []
        base = up[: len(up) - node.level + 1] + base
    elif base[:1] == [NAME]:
        base = base[1:]
    else:
        return
    for alias in node.names:
        yield alias.asname or alias.name, (".".join(base), alias.name)


def _bound(node: ast.AST) -> set[str]:
    """Names that a statement binds where it stands."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


# ------------------------------------------------------------------------------------------------------- names
@lru_cache(maxsize=None)
def resolve(module: str, name: str) -> Target | None:
    """Where a name of a module is defined: (module, name), (module, None) for a module, None outside the package."""
    if path(module) is None:
        return None
    here, inner = parsed(module), f"{module}.{name}".lstrip(".")
    if name in here.units:
        return module, name
    if name in here.imports and here.imports[name] != (module, name):
        target, part = here.imports[name]
        return (target, None) if part is None else resolve(target, part)
    if path(inner):
        return inner, None
    return next((found for star in here.stars if (found := resolve(star, name))), None)


def _mentions(
    node: ast.AST, folder: str, local: Mapping[str, Target | None] | Iterable[tuple[str, Target | None]] = ()
) -> Iterator[Mention]:
    """Chains of names that a unit mentions and does not bind itself: tuples such as ("deal", "fears").

    A local import is given as ("", (module, name), …). `local` maps names that enclosing functions bind to None, or
    to what they import.
    """
    local = dict(local)
    if isinstance(node, SCOPES):
        yield from _outer(node, folder, local)
        args = node.args
        names = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if a}
        body = [n for n in node.body if not _refuses(n)] if isinstance(node.body, list) else [node.body]
        names |= {n for part in body for n in _own(part)}
        free = {
            n
            for part in body
            for sub in ast.walk(part)
            if isinstance(sub, (ast.Global, ast.Nonlocal))
            for n in sub.names
        }
        local |= dict.fromkeys(names - free)
        for part in body:
            for sub in ast.walk(part):
                if isinstance(sub, (ast.Import, ast.ImportFrom)):
                    local |= dict(_imported(sub, folder))
        for part in body:
            yield from _mentions(part, folder, local)
        return
    if isinstance(node, LOOPS):
        local |= dict.fromkeys(n for g in node.generators for n in _bound(g.target))
    if isinstance(node, (ast.Name, ast.Attribute)):
        chain: list[str] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            chain.append(root.attr)
            root = root.value
        if isinstance(root, ast.Name):
            if root.id not in local:
                yield (root.id, *reversed(chain))
            elif local[root.id]:
                yield ("", local[root.id], *reversed(chain))
            return
    for field, child in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, ast.AST) and not _refuses(one):
                yield from _mentions(one, folder, local)


def _outer(node: Scope, folder: str, local: Mapping[str, Target | None]) -> Iterator[Mention]:
    """What a function mentions where it is defined: decorators and default values."""
    for one in [*getattr(node, "decorator_list", ()), *node.args.defaults, *node.args.kw_defaults]:
        if one is not None:
            yield from _mentions(one, folder, local)


def _own(node: ast.AST) -> set[str]:
    """Names that a statement of a function binds in it, those of inner functions and comprehensions left out."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Lambda, *LOOPS)):
        return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
    names = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, ast.ExceptHandler) and node.name:
        names.add(node.name)
    for child in ast.iter_child_nodes(node):
        names |= _own(child)
    return names


@lru_cache(maxsize=None)
def _places(module: str, node: ast.AST) -> dict[Mention, tuple[str, str]]:
    """What a unit mentions of the package: {mention: place}, a place being (module, name), or (module, "*") where a
    module is handed on whole."""
    folder = _folder(module)
    found = {}
    for mention in _mentions(node, folder):
        root, *chain = mention
        if root == "":
            (target, part), *chain = chain
            place = (target, None) if part is None else resolve(target, part)
        elif root in ("globals", "vars") and not chain:
            place = (module, None)
        else:
            place = resolve(module, root)
        while place and place[1] is None and chain:
            place = resolve(place[0], chain.pop(0))
        if place and place != ("reads", "lru_cache"):  # what keeps a result changes nothing in it
            found[mention] = place[0], place[1] or "*"
    return found


# ----------------------------------------------------------------------------------------------------- reaching
@lru_cache(maxsize=None)
def _loaded(module: str) -> frozenset[str]:
    """The modules that importing one brings along, itself and the packages that it lies in too."""
    seen, todo = set(), [module]
    while todo:
        one = todo.pop()
        if one in seen or path(one) is None or one.split(".")[0] in LOADER:
            continue
        seen.add(one)
        todo += [one.rpartition(".")[0]]
        folder = _folder(one)
        for node in ast.walk(_tree(one)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for _, (target, name) in _imported(node, folder):
                    todo += [target, f"{target}.{name}".lstrip(".")] if name else [target]
    return frozenset(seen)


@lru_cache(maxsize=None)
def _tree(module: str) -> ast.Module:
    file = path(module)
    if file is None:
        raise FileNotFoundError(f"no module {NAME}.{module}")
    return _syntax(file.read_text("utf-8"), str(file))


@lru_cache(maxsize=None)
def _syntax(text: str, file: str) -> ast.Module:
    """The tree of a source. Never forgotten: another text has another tree."""
    return ast.parse(text, file)


def _folder(module: str) -> str:
    """The package from which a module's relative imports start: itself where it is one."""
    file = path(module)
    return module if file is not None and file.name == "__init__.py" else module.rpartition(".")[0]


@lru_cache(maxsize=None)
def _fillers(modules: Iterable[str]) -> dict[Target | Place, set[Place]]:
    """{place: what else is reached with it}: statements and functions that fill it, functions that it registers."""
    out = {}
    for module in modules:
        for node in parsed(module).loose:
            for place in _places(module, node).values():
                out.setdefault(place, set()).add((module, node))
        for name, nodes in parsed(module).units.items():
            for node in nodes:
                for decorator in getattr(node, "decorator_list", ()):
                    for place in _places(module, decorator).values():
                        out.setdefault(place, set()).add((module, name))
                for filled in _filled(node):
                    target = resolve(module, filled)
                    if target and target != (module, name):
                        out.setdefault(target, set()).add((module, name))
    return out


@lru_cache(maxsize=None)
def _filled(node: ast.AST) -> tuple[str, ...]:
    """Names of the module into which a function or class puts something: `X[k] = …`, `X.append(…)`, `global X`."""
    mine = (
        {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)} | {n for part in node.body for n in _own(part)}
        if (isinstance(node, (ast.FunctionDef, ast.ClassDef)))
        else set()
    )
    shared = {n for sub in ast.walk(node) if isinstance(sub, ast.Global) for n in sub.names}
    return tuple(n for n in _puts(node) if n not in mine - shared)


def _puts(node: ast.AST) -> Iterator[str]:
    for sub in ast.walk(node):
        if (
            isinstance(sub, ast.Subscript)
            and isinstance(sub.ctx, (ast.Store, ast.Del))
            and isinstance(sub.value, ast.Name)
        ):
            yield sub.value.id
        elif (
            isinstance(sub, ast.Call)
            and isinstance(sub.func, ast.Attribute)
            and sub.func.attr in FILLS
            and isinstance(sub.func.value, ast.Name)
        ):
            yield sub.func.value.id
        elif isinstance(sub, ast.Global):
            yield from sub.names


@lru_cache(maxsize=None)
def reached(module: str, function: str) -> frozenset[Place]:
    """Places (module, name) that a function reaches, itself among them, and loose statements (module, node).

    Raises LookupError when there is no such function.
    """
    start = resolve(module, function)
    if start is None or start[1] is None:
        raise LookupError(f"no function {function} in {NAME}.{module}")
    fillers, seen = _fillers(_loaded(module)), set()
    todo: list[Place] = [(start[0], start[1])]
    while todo:
        place = todo.pop()
        if place in seen or place[0].split(".")[0] == "checks":
            continue
        seen.add(place)
        where, name = place
        if where.split(".")[0] in LOADER:
            continue
        todo += fillers.get(place, ())
        if not isinstance(name, str):
            todo += _places(where, name).values()
        elif name == "*":
            todo += [(where, n) for n in parsed(where).units]
        else:
            todo += [p for node in parsed(where).units[name] for p in _places(where, node).values()]
    return frozenset(seen)


def code_hash(module: str, function: str) -> str:
    """SHA-256 of a function and of all that it reaches inside the package.

    It is kept beside the compiled modules, with the hashes of the modules that it was read from, and no others are
    opened: to follow them takes a page some two seconds, and what a page opens is what it is run again for.
    """
    file, key = PACKAGE / "__pycache__" / "reach.json", f"{module}.{function}"
    kept = _read(file).get(key)
    if kept and all(_source(name) == was for name, was in kept["modules"].items()):
        return kept["hash"]
    found: dict[str, Any] = {
        "hash": _hashed(module, function),
        "modules": {name: _source(name) for name in sorted(_loaded(module) | {*LOADER})},
    }
    with contextlib.suppress(OSError):  # a folder that nobody may write to: it is worked out again
        file.parent.mkdir(exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(_read(file) | {key: found}), "utf-8")
        part.replace(file)
    return found["hash"]


@lru_cache(maxsize=None)
def _source(module: str) -> str:
    """The hash of a module's source; empty where there is none."""
    file = path(module)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file else ""


def _read(file: Path) -> dict[str, Any]:
    """What a file keeps; nothing where there is none, or none that can be read."""
    try:
        known = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _hashed(module: str, function: str) -> str:
    parts = []
    for where, name in reached(module, function):
        if not isinstance(name, str):
            parts.append(_told(where, "", name))
        elif name != "*":
            parts += [_told(where, name, node) for node in parsed(where).units[name]]
    return hashlib.sha256("\0".join(sorted(parts)).encode()).hexdigest()


@lru_cache(maxsize=None)
def _told(module: str, name: str, node: ast.AST) -> str:
    """A unit as text, with the place that each of its mentions means."""
    return f"{module}.{name} {_unit(node)} {sorted((str(k), v) for k, v in _places(module, node).items())}"


@lru_cache(maxsize=None)
def _unit(node: ast.AST) -> str:
    return _plain(node)


def _plain(node: Any, fields: bool = False) -> str:
    """A syntax tree as text, the same in every Python that reads it: no docstrings, no types, nothing empty.

    fields: the statements are a class's own, where an annotation makes a field.
    """
    if isinstance(node, list):
        return f"[{','.join(_plain(n, fields) for n in node if not _refuses(n) and (fields or not _declares(n)))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.AnnAssign) and node.value is not None and not fields:
        return _plain(ast.Assign(targets=[node.target], value=node.value))
    out = []
    for field, child in ast.iter_fields(node):
        if field in ("ctx", "kind", "annotation", "returns", "type_comment", "type_params") or child in (None, []):
            continue
        if field == "body" and isinstance(child, list):
            child = [n for n in child if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
        out.append(f"{field}={_plain(child, isinstance(node, ast.ClassDef) and field == 'body')}")
    return f"{type(node).__name__}({','.join(out)})"


def _declares(node: Any) -> bool:
    """Whether a statement says a type and does nothing."""
    return isinstance(node, ast.AnnAssign) and node.value is None


def _refuses(node: Any) -> bool:
    """Whether a statement is a call of `checks`, which lets its arguments be or raises; a `__post_init__` of such."""
    if isinstance(node, ast.FunctionDef) and node.name == "__post_init__":
        return all(_refuses(n) for n in node.body)
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and isinstance(node.value.func.value, ast.Name)
        and node.value.func.value.id == "checks"
    )


def forget() -> None:
    """Read the sources anew."""
    for cached in (parsed, resolve, _places, _loaded, _tree, _fillers, _told, reached, _source):
        cached.cache_clear()
