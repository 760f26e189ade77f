"""Render a book of .qmd files to a website and a PDF, with the engines that Quarto drives."""
