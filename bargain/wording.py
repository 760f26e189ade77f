"""Words as prose has them: lists, and the capital that opens a sentence."""


def capital(text):
    """The text with a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


def listed(words, last="and"):
    """a, b and c; nothing for no words."""
    words = list(words)
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(n, one, more=None):
    """A whole number and what it counts: no launch days, 1 launch day, 4 launch days."""
    return f"{int(n) or 'no'} {one if n == 1 else more or f'{one}s'}"
