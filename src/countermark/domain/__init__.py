"""The nouns: frozen values, enums and Arrow schemas. No input or output happens here."""
