"""What a call can do: the flow spec as types, its loader and its checks. Pure."""
