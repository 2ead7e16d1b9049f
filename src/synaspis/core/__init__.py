"""Constants, units, documents, files and errors: what every other package may use."""
