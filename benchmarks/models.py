"""Times what the models promise, in seconds of the processor: `python -m benchmarks.models`."""

import argparse
import time

from bargain import deal, exchange, options
from bargain.chunks import exchange as chunks


def futures():
    draw = options.draw(2**13, 1, 1)
    options.loss(options.outcomes(*draw[:2]), draw.parameters)


def packages():
    exchange.count_packages(deal.build(), exchange.readings_minds("narrow"))


def prices():
    chunks.price_list(deal.with_mind(deal.build(), deal.mean_mind("dealer")), "thirty")


TIMED = {  # what: (function, seconds that it should not exceed on one processor)
    "8,192 futures drawn and priced": (futures, 0.8),
    "all packages counted for every mind of chapter 7": (packages, 10.0),
    "a price list": (prices, 1.0),
}


def main():
    argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__).parse_args()
    for words, (function, limit) in TIMED.items():
        function()  # tables and allowed sets are made once a process
        started = time.process_time()
        function()
        spent = time.process_time() - started
        print(f"{words}: {spent:.2f} s{f', more than {limit:g} s' if spent > limit else ''}")


if __name__ == "__main__":
    main()
