"""Typst in a process of its own, which can be given a limit: python typeset.py '{"source": …, "target": …, …}'.

Writes the PDF to `target`. Where Typst refuses, prints its message, diagnostic and hints as JSON, and exits with 3.
"""
import json
import sys

import typst

options = json.loads(sys.argv[1])
source, target = options.pop("source"), options.pop("target")
try:
    pdf = typst.compile(source, format="pdf", ignore_system_fonts=True, **options)
except typst.TypstError as error:
    print(json.dumps({"message": getattr(error, "message", None) or str(error),
                      "diagnostic": str(getattr(error, "diagnostic", "") or error),
                      "hints": list(getattr(error, "hints", None) or [])}))
    sys.exit(3)
with open(target, "wb") as file:
    file.write(pdf)
