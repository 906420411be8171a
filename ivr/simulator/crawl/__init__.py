"""Walks every menu of an application: what a caller can reach, and what goes wrong there."""
