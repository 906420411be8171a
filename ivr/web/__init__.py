"""The web service: voice webhooks, clips, health."""
