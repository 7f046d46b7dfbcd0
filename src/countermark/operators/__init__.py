"""The typed questions: each answers true, false or unknown for a whole batch at once. One file a family."""
