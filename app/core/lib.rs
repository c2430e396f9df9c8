//! What Waterline decides, free of any input or output.
