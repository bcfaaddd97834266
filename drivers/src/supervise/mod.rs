//! Deciding when a device is silent, when it is reset, and what its history was. Pure: time is handed in.
