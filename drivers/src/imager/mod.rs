//! Two-dimensional code readers with a cable: serial and keyboard.
