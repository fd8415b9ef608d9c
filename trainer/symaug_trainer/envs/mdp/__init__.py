"""The one Markov decision process: observations, rewards, commands, events and terminations as torch functions."""
