"""What leaves the house: checksums over every result."""
