"""Choose the renderer: Quarto where a suitable one is on the PATH, else the press; say which and why."""
import argparse
import os
import re
import shutil
import subprocess
import sys

EXTRA = "quarto-cli>=1.9"  # the package that downloads a release of Quarto
OLDEST = (1, 9)  # the first Quarto with the PDF standards that the edition asks for


def quarto_version():
    """(major, minor) of the Quarto on the PATH; None where there is none that answers."""
    if not shutil.which("quarto"):
        return None
    try:
        out = subprocess.run(["quarto", "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"(\d+)\.(\d+)", out)
    return found and (int(found[1]), int(found[2]))


def decide(wish, version):
    """The renderer for a wish (auto, press, quarto) and a version, with the reason; ValueError for another wish."""
    shown = version and ".".join(map(str, version))
    if wish in ("press", "quarto"):
        return wish, f"RENDERER={wish} asks for it"
    if wish != "auto":
        raise ValueError(f"RENDERER={wish}: must be auto, press or quarto")
    if version is None:
        return "press", "no Quarto on the PATH"
    if version < OLDEST:
        return "press", f"Quarto {shown} is older than 1.9"
    return "quarto", f"Quarto {shown} is on the PATH"


def main(wish="auto"):
    version = quarto_version()
    try:
        renderer, why = decide(wish, version)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Renderer: {renderer} ({why}).", flush=True)
    if renderer == "press":
        return subprocess.run([sys.executable, "-m", "press", "."]).returncode
    if version is None or version < OLDEST:
        print(f"No Quarto ≥ 1.9 on the PATH. `pip install {EXTRA!r}` downloads a release of it, https://quarto.org has "
              "its installer, and RENDERER=press needs nothing more.", file=sys.stderr)
        return 1
    code = subprocess.run(["quarto", "render"], env={"QUARTO_PYTHON": sys.executable, **os.environ}).returncode
    if code == 0:
        print("Website: _book/index.html")
    return code


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m press.renderer", description=__doc__.splitlines()[0])
    parser.add_argument("wish", nargs="?", default="auto", help="auto (default), press or quarto")
    sys.exit(main(parser.parse_args().wish))
