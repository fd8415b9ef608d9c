"""The `symaug` command. Every command calls a library function that a script could call."""
