"""The heavy tables, each as a function of the number of its chunk: what `make results` computes."""
