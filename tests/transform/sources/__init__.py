"""Raw rows in each shape that a source may have, and what is wrong in them."""
