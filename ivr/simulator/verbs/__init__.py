"""The verbs of TwiML as they are carried out, on the clock of the call."""
