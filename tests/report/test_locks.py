"""The locks: a hash for every file, one version a package and environment, the same in both, all that is declared."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import wheels
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def lines(name):
    """A lock's requirements, each with the number of its hashes."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    kept = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(line.partition(" --hash")[0]), len(HASH.findall(line))) for line in kept]


def environment(python, platform):
    """What markers are asked about, on that platform with that CPython."""
    names = {"os_name": "nt" if platform.endswith("msvc") else "posix", "platform_python_implementation": "CPython"}
    versions = {"python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0"}
    return {**default_environment(), **wheels.PLATFORMS[platform], **names, **versions, "extra": ""}


def chosen(name, where):
    """{package: its versions} that a lock installs in an environment."""
    found = {}
    for wanted, _ in lines(name):
        if wanted.marker is None or wanted.marker.evaluate(where):
            found.setdefault(wanted.name, []).append(str(wanted.specifier).removeprefix("=="))
    return found


@pytest.mark.parametrize("name", wheels.LOCKS)
def test_every_line_is_one_version_with_hashes(name):
    for wanted, hashes in lines(name):
        assert re.fullmatch(r"==[\w.!+]+", str(wanted.specifier)), wanted
        assert hashes and not wanted.url and not wanted.extras, wanted


@pytest.mark.parametrize("python, platform", list(itertools.product(wheels.PYTHONS, wheels.PLATFORMS)))
def test_in_each_environment_both_locks_install_the_same_and_all_that_is_declared(python, platform):
    where = environment(python, platform)
    report, everything = (chosen(name, where) for name in wheels.LOCKS)
    assert not {name: v for name, v in {**everything, **report}.items() if len(v) > 1}
    assert report.items() < everything.items()
    tools = [w for name in ("test", "lint", "lab", "cluster") for w in EXTRAS[name]]
    for lock, declared in ((report, PROJECT["dependencies"]), (everything, [*PROJECT["dependencies"], *tools])):
        for wanted in map(Requirement, declared):
            assert wanted.specifier.contains(lock[canonicalize_name(wanted.name)][0]), wanted


def test_a_reader_needs_no_tools_of_a_developer():
    tools = {"pytest", "jupyterlab", "ruff", "mypy", "playwright", "uv"}
    assert not tools & {wanted.name for wanted, _ in lines("requirements.lock")}


def test_the_environments_are_those_that_the_project_declares():
    """The oldest Python is the one that pyproject asks for; markers tell the platforms apart."""
    assert PROJECT["requires-python"] == f">={wheels.PYTHONS[0]}"
    sets = {p: frozenset(chosen("requirements-all.lock", environment("3.12", p))) for p in wheels.PLATFORMS}
    assert "colorama" in sets["x86_64-pc-windows-msvc"] and "colorama" not in sets["x86_64-unknown-linux-gnu"]
    assert "appnope" in sets["aarch64-apple-darwin"] and "pexpect" not in sets["x86_64-pc-windows-msvc"]


@pytest.mark.slow
def test_wheels_are_there_for_every_platform_and_python(tmp_path):
    """Both locks on four platforms with four Pythons, and a package that has no wheel is found out."""
    if not wheels.uv():
        pytest.skip("uv is not installed (`make lock` brings it): whether all wheels are there was NOT tried")
    bad = tmp_path / "bad.lock"
    bad.write_text(f"docopt==0.6.2 --hash=sha256:{'0' * 64}\n")  # published as source alone
    told = wheels.installable(bad, "3.12", "x86_64-unknown-linux-gnu")
    if re.search(r"(?i)dns|connect|network|timed out", told):
        pytest.skip("no package index can be reached: whether all wheels are there was NOT tried")
    assert "no usable wheels" in told, told
    assert wheels.main() == 0
