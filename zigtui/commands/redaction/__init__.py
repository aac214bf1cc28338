"""Secrets and personal paths taken out of text."""
