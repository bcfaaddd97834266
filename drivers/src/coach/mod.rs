//! What is wrong with a picture of a paper, in words a resident can act upon.
