"""TwiML as a language: verbs as types, writing, reading, request parameters, signatures. Pure."""
