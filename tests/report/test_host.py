"""What a code host reads: the workflow, the forms, the citation, the hooks; each says what the project has."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/report.yml").read_text("utf-8"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def steps():
    return [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_the_workflow_runs_what_the_project_has():
    runs = [step["run"] for step in steps() if "run" in step]
    made = {name for run in runs for name in re.findall(r"\bmake ([a-z-]+)", run)}
    assert made >= {"report", "test-all"} and made <= TARGETS
    assert ".ci/run" in runs and (ROOT / ".ci/run").stat().st_mode & 0o111
    for module in re.findall(r"-m (press[.\w]*)", " ".join(runs)):
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), module
    assert all(("run" in step) != ("uses" in step) for step in steps())
    assert all(re.search(r"@v\d+$", step["uses"]) for step in steps() if "uses" in step)


def test_the_workflow_publishes_only_what_passed():
    jobs = WORKFLOW["jobs"]
    for name in ("publish", "release"):
        assert set(jobs[name]["needs"]) == {"test", "render"}
    assert "pull_request" in jobs["publish"]["if"] and "refs/tags/v" in jobs["release"]["if"]
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "schedule" in WORKFLOW[True]  # YAML's `on`
    assert not [step for step in steps() if "cache" in step.get("uses", "") or "cache" in step.get("with", {})]


def test_the_workflow_s_programs_are_those_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for step in steps():
        if "setup-python" in step.get("uses", ""):
            assert project["requires-python"] == f">={step['with']['python-version']}"
        if "quarto-actions" in step.get("uses", ""):
            assert tuple(map(int, step["with"]["version"].split("."))) >= (1, 9)


def test_an_archive_is_not_packed_into_the_folder_that_it_reads():
    """tar fails when its own archive grows in the folder that it packs."""
    [packed] = [step["run"] for step in steps() if step.get("run", "").startswith("tar ")]
    assert re.search(r'-czf "\$RUNNER_TEMP/', packed)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_the_host_shows(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert set(form) >= {"name", "description", "body"}
    labels = [part["attributes"]["label"] for part in form["body"]]
    assert len(set(labels)) == len(labels) > 1
    assert all(part["type"] in {"input", "textarea", "dropdown", "checkboxes"} for part in form["body"])
    assert any(part.get("validations", {}).get("required") for part in form["body"])
    for file in re.findall(r"\b(?:data|seeds)/[\w.]+\.csv|references\.bib", path.read_text("utf-8")):
        assert (ROOT / file).is_file(), file


def test_there_is_a_form_for_each_kind_of_objection():
    names = {yaml.safe_load(path.read_text("utf-8"))["name"] for path in FORMS}
    assert names == {"A number is wrong", "A source is wrong", "I disagree"}


def test_the_citation_is_of_this_edition():
    cite = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    book = yaml.safe_load((ROOT / "_quarto.yml").read_text("utf-8"))["book"]
    assert cite["version"] == project["version"] and cite["license"] == project["license"]
    assert cite["date-released"] == book["date"]
    assert cite["title"].startswith(book["title"]) and cite["authors"] == [{"name": book["author"]}]
    assert re.search(rf"^## {re.escape(cite['version'])}$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)


def test_hooks_run_what_make_lint_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    made = (ROOT / "Makefile").read_text("utf-8")
    for hook in hooks:
        command = hook["entry"].replace(".venv/bin", "$(BIN)")
        assert command in made or command.removeprefix("make ") in TARGETS, hook["id"]
    [style] = [hook for hook in hooks if hook["id"] == "ruff-format"]
    for folder in re.search(r"format --check --quiet (.*)", made)[1].split():
        assert re.match(style["files"], folder + "/x.py"), folder
