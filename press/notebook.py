"""A chapter as an executed notebook, for readers to download and to run again."""
import yaml


def notebook(path, cells, outputs, markdown_pieces):
    """The nbformat notebook of the chapter `path` (relative to the book), the same bytes for the same chapter.

    `cells` and `outputs` are as `execute.run` takes and gives them; inline expressions are left out. Before the
    n-th of the other cells stands `markdown_pieces[n]`, after the last one the last piece: one more than cells.
    Raises ValueError if the pieces do not fit.
    """
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    from .execute import runs
    shown = [(cell, some) for cell, some in zip(cells, outputs, strict=True) if not cell.inline]
    if len(markdown_pieces) != len(shown) + 1:
        raise ValueError(f"{path}: {len(shown)} cells need {len(shown) + 1} pieces of text, not {len(markdown_pieces)}")
    blocks, count = [], 0
    for number, text in enumerate(markdown_pieces):
        if text.strip():
            blocks.append(new_markdown_cell(text.strip("\n"), id=f"text-{number}"))
        if number == len(shown):
            break
        cell, some = shown[number]
        count += runs(cell)
        blocks.append(new_code_cell(with_options(cell), id=f"cell-{number + 1}", outputs=nbformat.from_dict(some),
                                    execution_count=count if runs(cell) else None))
    return new_notebook(cells=blocks, metadata={
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"}, "source": path})


def with_options(cell):
    """The code of `cell` below its options, as they stand in the .qmd."""
    lines = []
    for key, value in cell.options.items():
        lines += yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10**6).splitlines()
    return "\n".join([*(f"#| {line}" for line in lines), cell.code])
