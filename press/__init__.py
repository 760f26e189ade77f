"""Render a book of .qmd files to a website and a PDF, with the engines that Quarto drives."""
import sys

# JupyterLab brings this package along. jsonschema, which nbformat and Altair import, would build its 38 grammars with
# it, some seconds, to check forms of addresses that neither has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
