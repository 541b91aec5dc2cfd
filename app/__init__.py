"""Captely: contacts, enrichment and outreach for sales teams, on the user's own machine."""

__version__ = "0.1.0"
