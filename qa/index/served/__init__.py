"""An index that a Chroma server holds for any number of machines; each keeps the list of articles and a word index."""
