"""Analysis: from texts to the words that are indexed and looked for."""
