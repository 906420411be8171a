"""A pretend carrier that knows only HTTP and TwiML, and so can ring any TwiML application."""
