"""Models that may help, never required: a translator, and a drafter behind an OpenAI-compatible endpoint. For
press and testimonies alike.

Each is a small protocol; without configuration there is none, and drafting stays extractive. What they give
passes the same checks as everything else, and is marked as a machine's.
"""
