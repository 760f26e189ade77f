"""The models of the report, one module a question, with their drawings, words and stored tables."""
