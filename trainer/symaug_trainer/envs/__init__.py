"""Environments: one Markov decision process in torch over a small physics protocol."""
