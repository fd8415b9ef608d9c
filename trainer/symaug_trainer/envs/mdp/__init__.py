"""The one Markov decision process as torch functions, a module for each kind of term."""
