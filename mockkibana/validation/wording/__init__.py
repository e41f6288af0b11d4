"""The sentences that are made of the facts of a refusal."""
