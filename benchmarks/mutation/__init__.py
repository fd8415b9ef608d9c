"""Counting the mistakes that `symaug validate` finds; see benchmarks/mutation_score.py."""
