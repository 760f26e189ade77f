"""Whether both locks can be installed from wheels alone wherever the report is meant to run. Needs uv and the network.

Nothing is downloaded but the packages' metadata, and nothing is installed. The hashes are not compared: those of a
version's files were all written into the lock when it was made.
"""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-all.lock")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "x86_64-unknown-linux-gnu": {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"},
    "aarch64-unknown-linux-gnu": {"sys_platform": "linux", "platform_machine": "aarch64", "platform_system": "Linux"},
    "aarch64-apple-darwin": {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin"},
    "x86_64-pc-windows-msvc": {"sys_platform": "win32", "platform_machine": "AMD64", "platform_system": "Windows"},
}


def uv():
    """The program that makes the locks, beside this Python; None where it is not."""
    found = [p for p in Path(sys.executable).parent.glob("uv*") if p.stem == "uv"]
    return found[0] if found else None


def installable(lock, python, platform):
    """What uv says against an install of a lock from wheels; nothing if there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        told = ["--require-hashes", "--only-binary", ":all:", "--python-version", python, "--python-platform", platform]
        command = [uv(), "pip", "install", "--dry-run", "--target", folder, *told, "-r", lock]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def main():
    """Try every lock, Python and platform; 1 if one cannot be installed."""
    bad = [(case, told) for case in itertools.product(LOCKS, PYTHONS, PLATFORMS) if (told := installable(*case))]
    for (lock, python, platform), told in bad:
        print(f"{lock} cannot be installed from wheels on {platform} with Python {python}:\n{told}", file=sys.stderr)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
