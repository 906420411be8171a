"""The command `ivr`: composition only, one file a command."""
