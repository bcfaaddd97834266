//! Reading numbers off a page with Tesseract, to warn and never to block.
