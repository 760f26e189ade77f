"""The tables that the scripts of pages read."""

import IPython.display


def show(html: str, words: str) -> None:
    """Show a live part of a page in the running cell; on paper and as plain text, the Markdown `words` in its place."""
    IPython.display.display({"text/html": html, "text/markdown": words, "text/plain": words.strip("*")}, raw=True)
