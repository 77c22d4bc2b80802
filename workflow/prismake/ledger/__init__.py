"""The values that the text may use: what each stage counted or computed, with what it counts and rests on."""
