"""How a carrier speaks: its requests become events, instructions become its documents. Pure."""
