//! Bytes at the edge of a device, written as lines.
