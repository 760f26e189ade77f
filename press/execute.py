"""Run the cells of a book's chapters: each chapter in a kernel of its own, several at once, once for all formats."""
import asyncio
import json
import os
import re
import time
from pathlib import Path

from .cache import Cache
from .problems import BookError
from .warm import FORKS, Warm, socket_folder, to_import

NOTICE = 60  # seconds after which a running cell is named, again and again
ROUNDS = 3  # times that a chapter may be run because others write what it reads
CELL = max(int(os.environ.get("PRESS_CELL_SECONDS") or 3600), NOTICE)  # seconds that a cell may take
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# IPython names a cell's code after the process and a hash; no two builds would be alike
# (the look-behind lets a match start at a word only: a line of a million characters takes no longer than it should)
CELL_FILE = re.compile(r"(?<![^\s\"'])[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


class CellError(BookError):
    """Cells failed: a problem for each chapter, at the innermost line of the cell itself."""


def run(book_dir, chapters, *, last=(), fresh=False, kernels=None, report=print):
    """The outputs of every chapter: {file: [[output, …] for each cell]}, outputs as nbformat dicts.

    `chapters` is {file relative to `book_dir`: its cells in document order}. A cell with `eval: false` is not run and
    has no output; with `error: true` an exception may be one of its outputs. An inline expression has one output, an
    `execute_result` with all its mime types. A chapter whose inputs are as they were is not run again, unless
    `fresh`; the chapters `last` start when the others are done. A chapter that has read what another then wrote anew
    is run once more. `kernels` is "fork" or "plain" (default: PRESS_KERNELS in the environment, else "fork", which
    falls back to plain ones). `report` gets a line for each chapter when it is finished. Raises CellError when all
    chapters have been tried and some failed.
    """
    kernels = kernels or os.environ.get("PRESS_KERNELS") or "fork"
    if kernels not in ("fork", "plain"):
        raise ValueError(f"kernels: fork or plain, not {kernels!r}")
    book = Path(book_dir).resolve()
    cache, results, keys = Cache(book), {}, {}
    for name, cells in chapters.items():
        keys[name] = cache.key(name, [(cell.code, cell.inline, may_fail(cell)) for cell in cells if runs(cell)])
        outputs = [] if not any(map(runs, cells)) else None if fresh else cache.load(name, keys[name])
        if outputs is not None:
            results[name] = outputs
            if outputs:
                report(f"{name} unchanged")
    todo = {name: cells for name, cells in chapters.items() if name not in results}
    if todo:
        seconds = {name: cache.seconds(name) or len(cells) for name, cells in todo.items()}
        longest_first = sorted(todo, key=lambda name: (name in last, -seconds[name]))
        for _ in range(ROUNDS):
            results |= asyncio.run(run_all(book, {name: chapters[name] for name in longest_first}, last, keys, cache,
                                           kernels == "fork", report))
            longest_first = [name for name in chapters if cache.overtaken(name)]
            if not longest_first:
                break
            report(f"once more, after what they read: {', '.join(longest_first)}")
    return {name: spread(cells, results[name]) for name, cells in chapters.items()}


def runs(cell):
    """Whether the cell is to be run."""
    return cell.inline or (cell.options.get("eval", True) is not False and bool(cell.code.strip()))


def may_fail(cell):
    """Whether an exception is one of the cell's outputs (`error: true`)."""
    return cell.options.get("error") is True


def spread(cells, outputs):
    """Outputs of the cells that run, as a list for every cell."""
    outputs = iter(outputs)
    return [next(outputs) if runs(cell) else [] for cell in cells]


async def run_all(book, chapters, last, keys, cache, fork, report):
    """Run `chapters`, as many at once as there are cores, those of `last` afterwards. Raises CellError when all have
    been tried."""
    results, problems = {}, []
    slots = asyncio.Semaphore(cores())

    async def one(name, cells):
        try:
            results[name], seen, seconds = await run_chapter(pool, slots, name, cells)
        except CellError as error:
            problems.extend(error.problems)
            report(f"{name} failed")
            return
        report(f"{name} {seconds:.1f} s{kept(seen)}")
        try:
            if seen is not None:
                cache.saw(name, seen["files"], seen["written"])
                cache.store(name, keys[name], results[name], seen, seconds)
        except OSError as error:
            report(f"{name} could not be kept for the next time: {error}")

    with socket_folder() as folder:
        warm = None
        try:
            warm = Warm(folder, to_import(book, chapters)) if fork and FORKS else None
        except OSError as error:
            report(f"no kernel can be forked ({error}); starting plain ones")
        from . import kernels  # slow to import: the warm process imports meanwhile
        pool = kernels.Kernels(book, folder, warm, report)
        try:
            if warm:
                await warm.listen()
            for late in (False, True):
                async with asyncio.TaskGroup() as group:
                    for name, cells in chapters.items():
                        if (name in last) == late:
                            group.create_task(one(name, cells))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            if warm:
                await warm.end()
    if problems:
        raise CellError(problems)
    cache.prune()
    return results


def kept(seen):
    """What the build says of a chapter that will be run again without need, and why."""
    if seen and seen["unseen"]:
        return f" (runs every time: {', '.join(seen['unseen'])})"
    return ""


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def run_chapter(pool, slots, name, cells):
    """(outputs of the cells that run, what the kernel saw, seconds). Raises CellError at the first failure."""
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat.v4 import new_code_cell
    cells = [cell for cell in cells if runs(cell)]
    outputs, client, cell, count, wrong, forked = [], None, cells[0], None, [], False
    clock = asyncio.create_task(asyncio.sleep(0))
    try:
        async with slots:
            start, forked = time.perf_counter(), pool.fork
            client = await pool.start((pool.book / name).parent)
            client.nb.cells = [new_code_cell("" if c.inline else c.code, id=f"cell-{n}",
                                             metadata={"tags": ["raises-exception"] if may_fail(c) else []})
                               for n, c in enumerate(cells)]
            for number, cell in enumerate(cells):
                clock.cancel()
                clock = asyncio.create_task(watch(pool, client, name, cell))
                if cell.inline:
                    outputs.append([await evaluate(client, cell.code)])
                else:
                    executed = client.nb.cells[number]
                    try:
                        await client.async_execute_cell(executed, number)
                    finally:
                        count = executed.execution_count
                        wrong = [output for output in executed.outputs if output.output_type == "error"]
                    if client.reason:  # the cell was done before its kernel
                        raise DeadKernelError(client.reason)
                    if wrong and not may_fail(cell):  # while something was displayed: the kernel calls it no failure
                        raise CellExecutionError("", wrong[0].ename, wrong[0].evalue)
                    outputs.append(executed.outputs)
            clock.cancel()
            client.idle = True
            seen = await record(client)
            seconds = time.perf_counter() - start
        return clean(outputs), seen, seconds
    except CellExecutionError as error:
        client.idle = True
        failure = (error.ename, error.evalue, error.traceback)
        if wrong and not cell.inline:  # says it better than the kernel's reply, which leaves a failed display out
            failure = (wrong[0].ename, wrong[0].evalue, "\n".join(wrong[0].traceback))
    except DeadKernelError as error:
        if asyncio.current_task().cancelling():  # nbclient calls a cancelled cell a dead kernel
            raise asyncio.CancelledError from None
        if forked and pool.warm.dead:
            pool.plain("the warm process ended")
            return await run_chapter(pool, slots, name, cells)
        failure = ("DeadKernelError", await pool.last_words(client) if client else str(error), "")
        if client and client.reason:
            failure = ("the press's limit", client.reason, "")
    finally:
        clock.cancel()
        if client:
            await asyncio.shield(pool.close(client))
    kind, text, traceback = failure
    text, traceback = (CELL_FILE.sub("cell", ANSI.sub("", part)).strip() for part in (text, traceback))
    text = re.sub(r" \(\d+\.py, line \d+\)$", "", text)  # a syntax error names the cell's code by its hash
    line = cell.line if cell.inline else failing_line(cell, count, traceback)
    label = f"cell {cell.options['label']}: " if "label" in cell.options else ""
    raise CellError([(name, line, f"{label}{kind}: {text}" if text else f"{label}{kind}")])


async def watch(pool, client, name, cell):
    """Say that a cell is slow, and end its kernel when it has come to no end."""
    for minute in range(1, CELL // NOTICE + 1):
        await asyncio.sleep(NOTICE)
        if minute * NOTICE < CELL:
            pool.report(f"{name}:{cell.line}: this cell has been running for {minute * NOTICE} s")
    client.end(f"the cell came to no end in {CELL} seconds (PRESS_CELL_SECONDS gives it more)")


async def evaluate(client, expression):
    """The value of an inline expression, with every mime type that IPython displays it in."""
    from nbclient.exceptions import CellExecutionError
    # line breaks inside an inline expression are spaces, as in any paragraph
    code = " ".join(expression.split("\n")).strip()
    request = client.kc.execute("", silent=True, user_expressions={"value": code})
    reply = await client.async_wait_for_reply(request)
    value = reply["content"]["user_expressions"]["value"]
    if value["status"] != "ok":
        raise CellExecutionError("\n".join(value["traceback"]), value["ename"], value["evalue"])
    return {"output_type": "execute_result", "execution_count": None, "data": value["data"],
            "metadata": value["metadata"]}


def failing_line(cell, count, traceback):
    """The line in the .qmd of the innermost frame of `traceback` in the code of `cell`, the `count`-th executed."""
    lines = re.findall(rf"Cell In\[{count}\], line (\d+)", traceback)
    return cell.code_line + int(lines[-1]) - 1 if lines else cell.line


async def record(client):
    """What the kernel saw its cells read and write; None if it cannot tell."""
    path = client.folder / "seen.json"
    code = f"__import__('_press_inside').write_report({str(path)!r})"
    await client.async_wait_for_reply(client.kc.execute(code, silent=True))  # not as what a page says
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError:
        return None


def clean(outputs):
    """Outputs as plain data, the same in every run and from the cache."""
    return [[named(output) for output in joined(some)] for some in json.loads(json.dumps(outputs))]


def joined(outputs):
    """The outputs with what is printed between two others in one piece, standard output before standard error.

    How a kernel cuts and orders the two streams depends on time.
    """
    found = []
    for output in outputs:
        if output["output_type"] != "stream":
            found.append(output)
            continue
        last = []
        while found and found[-1]["output_type"] == "stream":
            last.append(found.pop())
        texts = {stream["name"]: stream["text"] for stream in last}
        texts[output["name"]] = texts.get(output["name"], "") + output["text"]
        found += [{"output_type": "stream", "name": name, "text": texts[name]}
                  for name in ("stdout", "stderr") if name in texts]
    return found


def named(output):
    """The output without the file name of its cell, which is not the same twice."""
    if output["output_type"] == "stream":
        output["text"] = CELL_FILE.sub("cell", output["text"])
    if output["output_type"] == "error":
        output["traceback"] = [CELL_FILE.sub("cell", text) for text in output["traceback"]]
    return output
