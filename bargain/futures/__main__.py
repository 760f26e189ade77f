"""The command that runs futures on many processes or machines."""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any

from bargain.futures.sampled import SEED, jackknife, run
from bargain.terms import POLICIES


# ---------------------------------------------------------------- the command
def _cluster(arguments: argparse.Namespace) -> Any:
    """A Dask client for --scheduler or --workers, or None. Says what is missing when `distributed` is."""
    if not (arguments.scheduler or arguments.workers):
        return None
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 (optional)
    except ImportError:
        raise SystemExit("a cluster needs the package `distributed`: pip install 'kim-bargain[cluster]'") from None
    if arguments.scheduler:
        return Client(arguments.scheduler, timeout=30)
    return Client(LocalCluster(n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: runs the futures, shows progress, prints regret by policy and the run's fingerprint."""
    parser = argparse.ArgumentParser(prog="python -m bargain.futures", description=__doc__.split("\n")[0])
    parser.add_argument("--futures", type=int, metavar="N", help="how many, a power of 2 (default 2^n_log2)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help=f"seed of the draw (default {SEED})")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scheduler", metavar="ADDRESS", help="address of a running Dask scheduler")
    where.add_argument("--workers", type=int, metavar="K", help="start a local Dask cluster of K processes")
    args = parser.parse_args(arguments)
    if args.futures is not None and (args.futures < 1 or args.futures & (args.futures - 1)):
        parser.error(f"--futures must be a power of 2, not {args.futures}")
    if args.workers is not None and args.workers < 1:
        parser.error(f"--workers must be at least 1, not {args.workers}")
    try:
        client = _cluster(args)
    except OSError as error:
        print(f"no scheduler answers at {args.scheduler}: {error}", file=sys.stderr)
        return 1
    started = time.monotonic()

    def report(done: int, chunks: int) -> None:
        print(f"futures: chunk {done}/{chunks} ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)

    try:
        done = run(args.futures, args.seed, client, report)
    except FileNotFoundError as error:  # a package without its clone
        print(error, file=sys.stderr)
        return 1
    if client is not None:
        cluster = client.cluster if args.workers else None
        client.close()
        if cluster is not None:
            cluster.close()
    value, spread = jackknife(lambda m: m["regret"], done)
    print(f"{done.futures} futures, seed {args.seed}; regret in life-equivalents, values as drawn")
    for g, policy in enumerate(POLICIES):
        mean, _, q95, q99, best = value[0, g, :5]
        print(
            f"  {policy:<12} mean {mean:>10,.0f} (± {spread[0, g, 0]:,.0f})  95% {q95:>10,.0f}  99% {q99:>10,.0f}  "
            f"best in {best:.1%}"
        )
    print(f"sha256 {done.fingerprint()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
