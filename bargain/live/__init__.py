"""The tables that the scripts of pages read."""

import json
from typing import Any

import IPython.display


def show(html: str, words: str) -> None:
    """Show a live part of a page in the running cell; on paper and as plain text, the Markdown `words` in its place."""
    IPython.display.display({"text/html": html, "text/markdown": words, "text/plain": words.strip("*")}, raw=True)


def data_script(data: Any, name: str = "") -> str:
    """What a page's script reads, as JSON in an element of the class `name`, which no `<` in it can end."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    kind = f' class="{name}"' if name else ""
    return f'<script type="application/json"{kind}>{text}</script>'
