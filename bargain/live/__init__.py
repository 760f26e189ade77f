"""The tables that the scripts of pages read."""
