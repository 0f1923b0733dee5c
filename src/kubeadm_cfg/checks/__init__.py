"""What the programs refuse, one small function per rule. No text is read here and no line number known."""
