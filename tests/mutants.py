"""Mutants of one model that its tests let live: `python tests/mutants.py MODULE [--sample N] [--seed S]`.

mutmut changes one place of the code at a time. A random sample of these mutants, the same for the same seed, meets the
tests of the module; what lives is shown as a diff. Works in a copy of the project, under `.press/mutants/`.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {  # module: tests beside the one of its name
    "deal": ["deal", "phasing"],
    "exchange": ["exchange", "one_deal"],
    "games": ["partners"],
    "phasing": ["phasing", "schedules", "one_deal"],
    "kims": ["kims", "wants"],
    "readings": ["readings", "memory"],
    "forecasts": ["forecasts", "issues"],
    "sampling": ["options", "wants", "economies", "checks"],
    "simplex": ["options"],
}
KILLED = ("killed", "timeout", "segfault")


def copied(module: str) -> Path:
    """A fresh copy of what `tool.mutmut` of pyproject.toml names, set to the module and its tests."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    folder = ROOT / ".press/mutants" / module
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = tomllib.loads(text)["tool"]["mutmut"]
    for name in [*settings["source_paths"], *settings["also_copy"], "tests"]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    which = f"bargain/{module}/*" if (ROOT / "bargain" / module).is_dir() else f"bargain/{module}.py"
    tests = [f"tests/bargain/test_{name}.py" for name in TESTS.get(module, [module])]
    chosen = f"[tool.mutmut]\nonly_mutate = {[which]!r}\npytest_add_cli_args_test_selection = {tests!r}\n"
    (folder / "pyproject.toml").write_text(text.replace("[tool.mutmut]\n", chosen), "utf-8")
    return folder


def main() -> int:
    """Print the score of the sample and the diffs of those that live; 1 where mutmut itself fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", help="a module or package of bargain, such as deal or phasing")
    parser.add_argument("--sample", type=int, default=40, help="how many mutants to try (default 40)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    asked = parser.parse_args()
    if not any((ROOT / "bargain" / name).exists() for name in (asked.module, f"{asked.module}.py")):
        parser.error(f"bargain has no module {asked.module!r}")
    folder = copied(asked.module)

    def mutmut(*words: str) -> subprocess.CompletedProcess:
        # threads do not survive a fork
        alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        command = [sys.executable, "-m", "mutmut", *words]
        return subprocess.run(command, cwd=folder, env=os.environ | alone, capture_output=True, text=True)

    def states() -> dict[str, str]:
        lines = mutmut("results", "--all", "true").stdout.splitlines()
        return dict(line.strip().rsplit(": ", 1) for line in lines)

    mutmut("run", "none")  # makes the mutants and times the tests; there is none of that name to try
    names = sorted(states())
    if not names:
        print(mutmut("run").stdout, file=sys.stderr)
        return 1
    sample = random.Random(asked.seed).sample(names, min(asked.sample, len(names)))
    done = mutmut("run", "--max-children", "1", *sample)
    found = states()
    if done.returncode or any(found[name] == "not checked" for name in sample):
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
        return 1
    count = Counter(found[name] for name in sample)
    alive = [name for name in sample if found[name] not in KILLED]
    for name in sorted(alive):
        print(mutmut("show", name).stdout)
    said = ", ".join(f"{n} {state}" for state, n in count.most_common())
    print(f"{asked.module}: {said}; {len(sample)} of {len(names)} mutants, {1 - len(alive) / len(sample):.0%} found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
